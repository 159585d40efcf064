import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import fc from "fast-check";
import { localPlaces } from "../../runtime/cli/local.ts";
import { DuckDb } from "../../runtime/load/duckdb.ts";
import { openPglite } from "../../runtime/load/pglite.ts";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { definitions, smallDataset, startCommand } from "../support/command.ts";
import { temporaryFolder } from "../support/folder.ts";
import { startRows, valueOfDay } from "../support/replay/rows.ts";

const UNTIL = "2024-02-29";
const DAYS = 60;
const ITEMS = ["one", "three", "two"];

/** Every row that the source has, as both databases must have it: once. */
const expected = ITEMS.flatMap((item) =>
  Array.from({ length: DAYS }, (_, i) => {
    const day = Date.parse("2024-01-01") + i * 86_400_000;
    return `${item} ${new Date(day).toISOString().slice(0, 10)} ${valueOfDay(day)}`;
  }),
);

const QUERY =
  "select item || ' ' || cast(day as text) || ' ' || cast(cast(value as numeric(18, 2)) as text) as line from small order by item, day";

async function assertExact(data: string): Promise<void> {
  const places = localPlaces(data);
  const duckdb = await DuckDb.open(places.warehouse, "read");
  assert.deepEqual(
    (await duckdb.query(QUERY)).map(({ line }) => line),
    expected,
    "the warehouse",
  );
  duckdb.close();
  const pglite = await openPglite(places.database);
  assert.deepEqual(
    (await pglite.query<{ line: string }>(QUERY)).rows.map(({ line }) => line),
    expected,
    "the database",
  );
  await pglite.close();
}

/** Each partition may have asked for one window twice for each time it was killed. */
function assertFewRepeats(server: ReplayServer, kills: number): void {
  for (const item of ITEMS) {
    const asked = server.requests.filter(({ path }) => path.endsWith(`/${item}`)).map(({ query }) => query.toString());
    const repeats = asked.length - new Set(asked).size;
    assert.ok(repeats <= kills, `${item} was asked ${repeats} times again after ${kills} kills`);
  }
}

/** The lake's keys at this moment; folders that come and go while they are read make it empty, and it is asked again. */
function filesIn(data: string): string[] {
  try {
    return readdirSync(localPlaces(data).lake, { recursive: true }) as string[];
  } catch {
    return [];
  }
}

describe("a killed run", () => {
  let server: ReplayServer;
  let folder: { path: string } & AsyncDisposable;
  let args: string[];
  let data: string;

  beforeEach(async () => {
    server = await startRows({ latencyMs: 10 });
    folder = await temporaryFolder();
    data = join(folder.path, "data");
    const datasets = await definitions(folder.path, { "small.ts": smallDataset("small", server.url) });
    args = ["run", "--data", data, "--datasets", datasets, "--until", UNTIL];
  });
  afterEach(async () => {
    await server.close();
    await folder[Symbol.asyncDispose]();
  });

  const finish = async (): Promise<void> => {
    const { code, stderr, stdout } = await startCommand(args).ended;
    assert.equal(code, 0, stderr + stdout);
  };

  /** @returns whether the kill came before the end */
  async function killWhen(reached: () => boolean): Promise<boolean> {
    const running = startCommand(args);
    let over = false;
    const ended = running.ended.then((result) => {
      over = true;
      return result;
    });
    while (!over && !reached()) await new Promise((resolve) => setImmediate(resolve));
    running.child.kill("SIGKILL");
    return (await ended).signal === "SIGKILL";
  }

  const wrote =
    (pattern: RegExp, count = 1) =>
    (): boolean =>
      filesIn(data).filter((file) => pattern.test(file)).length >= count;

  for (const [step, reached] of [
    ["the first request is out", () => server.requests.length >= 1],
    ["a few requests are out", () => server.requests.length >= 8],
    ["an exchange is stored", wrote(/\.exchange$/)],
    ["two exchanges are stored", wrote(/\.exchange$/, 2)],
    ["coverage has advanced", wrote(/^state\/.*\.json$/)],
    ["all raw is stored", wrote(/\.exchange$/, 18)],
    ["the first partition is processed", wrote(/^processed\/.*\.parquet$/)],
    ["all partitions are processed", wrote(/^processed\/.*\.parquet$/, 3)],
    ["the warehouse's load is announced", wrote(/^loads\/warehouse\/.*\.json$/)],
    ["the database's load is announced", wrote(/^loads\/database\/.*\.json$/)],
    ["the run is recorded", wrote(/^runs\/.*\.json$/)],
  ] as const)
    it(`leaves nothing behind that a second one does not mend, when ${step}`, async () => {
      assert.ok(await killWhen(reached), "the run was over before it could be killed");
      await finish();
      await assertExact(data);
      assertFewRepeats(server, 1);
    });

  it("comes out the same when it is killed again and again at any moment", async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 300, max: 1_600 }), { minLength: 3, maxLength: 3 }),
        async (delays) => {
          await folder[Symbol.asyncDispose]();
          folder = await temporaryFolder();
          data = join(folder.path, "data");
          const before = server.requests.length;
          args = [
            "run",
            "--data",
            data,
            "--datasets",
            await definitions(folder.path, { "small.ts": smallDataset("small", server.url) }),
            "--until",
            UNTIL,
          ];
          for (const delay of delays) {
            const running = startCommand(args);
            await wait(delay);
            running.child.kill("SIGKILL");
            await running.ended;
          }
          await finish();
          await assertExact(data);
          assert.ok(server.requests.length - before <= 18 + ITEMS.length * delays.length);
        },
      ),
      { numRuns: 4 },
    );
  });
});
