import assert from "node:assert/strict";
import { REQUESTS } from "../../support/bring-in.ts";
import { assertExact, assertNothingHalf, expectedRows, inBothStores, LATER, repeats } from "../../support/crash.ts";
import type { Moment } from "../../support/crash-plan.ts";

/** More than a body may have that is packed with its record. */
const LARGE = 300 * 1024;

const kills: readonly (readonly [title: string, at: Moment, nth: number, padding?: number])[] = [
  ["29) after a response was received", "response received", 2],
  ["30) after a raw body was put, which is too large to be packed with its record", "raw put", 2, LARGE],
  ["31) after an exchange was recorded", "exchange recorded", 2],
  ["31) after the exchange of a large body was recorded", "exchange recorded", 2, LARGE],
  ["32) after coverage has advanced", "coverage advanced", 1],
  ["33) after a Parquet file was put", "records put", 1],
  ["34) after all of a dataset was processed", "records put", 2],
  ["35) after a load was announced, before anything of it was done", "load announced", 1],
  ["35) in the middle of a load, its rows inserted and not committed", "rows inserted", 1],
  ["36) after a load was committed, before the run could record it", "load committed", 1],
  ["36) after the run was recorded, before the process could end", "run recorded", 1],
];

inBothStores("faults of the process: kill -9", (open) => {
  for (const [title, at, nth, padding = 0] of kills)
    it(`${title}: the next run brings in exactly all rows with at most one repeated request`, async () => {
      await using scene = await open({ padding });
      await scene.crash({ at, nth });
      await assertNothingHalf(scene);
      const seen = (await scene.loaded()) ?? [];
      assert.ok(seen.length === 0 || seen.length === expectedRows().length, `${seen.length} rows in the warehouse`);
      await scene.finish({ now: LATER });
      await assertExact(scene);
      assert.ok(repeats(scene) <= 1, `${repeats(scene)} requests were repeated`);
      assert.ok(scene.server.requests.length <= REQUESTS + 1);
      const again = await scene.finish({ now: LATER });
      assert.equal(again.requests, 0);
      assert.equal(again.newRows, 0);
    });
});
