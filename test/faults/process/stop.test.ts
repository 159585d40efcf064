import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import type { ReplayServer } from "../../../runtime/replay/server.ts";
import { FolderStore } from "../../../runtime/store/folder.ts";
import { exchangesOf } from "../../support/extraction.ts";
import { useFolder } from "../../support/folder.ts";
import { replayToken, startTiingo } from "../../support/replay/tiingo.ts";
import { startTask, task } from "../../support/task.ts";

/** How long a process has between SIGTERM and SIGKILL, in milliseconds. */
const GRACE = 2_000;

describe("faults of the process: a task that is told to stop", () => {
  let source: ReplayServer;
  const folder = useFolder();
  beforeEach(async () => {
    source = await startTiingo({ latencyMs: 40 });
  });
  afterEach(() => source.close());

  it("40) SIGTERM with two seconds of grace, in the middle of an answer that drips: it ends in time with code 75, and the next one goes on", async () => {
    const environment = {
      TIDEGATE_DATASET: "daily_prices",
      TIDEGATE_LAKE: folder.path,
      TIDEGATE_SOURCE_URL: source.url,
      TIINGO_TOKEN: replayToken,
    };
    const mend = source.fail((asked) => asked.nth > 6, { kind: "drip", bytes: 1, everyMs: 500 });
    const running = startTask(environment);
    while (source.requests.length < 8) await wait(5);
    running.child.kill("SIGTERM");
    const late = setTimeout(() => running.child.kill("SIGKILL"), GRACE);
    const ended = await running.ended;
    clearTimeout(late);
    mend();
    assert.deepEqual([ended.code, ended.signal], [75, null], ended.stderr);
    const store = new FolderStore(folder.path);
    const kept = (await exchangesOf(store)).length;
    assert.ok(kept >= 1, "what was fetched before is kept");
    const before = source.requests.length;
    const next = await task(environment);
    assert.equal(next.code, 0, JSON.stringify(next.lines.at(-1)));
    const windows = (await exchangesOf(store)).length;
    assert.equal(source.requests.length - before, windows - kept, "nothing that was kept was asked again");
  });
});
