import assert from "node:assert/strict";
import { once } from "node:events";
import dailyPrices from "../../datasets/daily-prices.ts";
import { systemClock } from "../../runtime/dataset/clock.ts";
import { formatDecimal } from "../../runtime/dataset/decimal.ts";
import type { RunSummary } from "../../runtime/dataset/run.ts";
import { Budgets } from "../../runtime/extract/budget.ts";
import { nodeFetch } from "../../runtime/extract/request.ts";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { readJson } from "../../runtime/store/documents.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { recordsKey } from "../../runtime/store/layout.ts";
import type { StoredValue } from "../../runtime/store/records.ts";
import type { Plan } from "../../runtime/tasks/cloud/parts.ts";
import { runDataset } from "../../runtime/tasks/pipeline.ts";
import { withSourceUrl } from "../../runtime/tasks/source-url.ts";
import { temporaryFolder } from "../support/folder.ts";
import { noS3, type S3Emulator, startS3 } from "../support/moto.ts";
import { readRecords } from "../support/records.ts";
import { type RedshiftApi, startRedshift } from "../support/redshift-api.ts";
import { replayToken, startTiingo } from "../support/replay/tiingo.ts";
import { type EndedTask, startTask, task } from "../support/task.ts";
import { noTlsPostgres, startTlsPostgres, type TlsPostgres } from "../support/tls-postgres.ts";

const STEPS = ["plan", "extract", "process", "load", "publish"] as const;
const RUN = "backfill-1";

/** A record without where and when it was fetched. */
type Row = readonly StoredValue[];

async function rowsIn(store: FolderStore): Promise<Row[]> {
  const rows: Row[] = [];
  for (const partition of dailyPrices.partitions.values) {
    const file = (await store.get(recordsKey("daily_prices", partition)))?.body;
    if (file) rows.push(...(await readRecords(dailyPrices.schema, file)).map(({ values }) => values));
  }
  return rows;
}

const seconds = async <T>(most: number, work: Promise<T>): Promise<T> => {
  const begun = Date.now();
  const result = await work;
  assert(Date.now() - begun < most * 1_000, `took ${Date.now() - begun} ms`);
  return result;
};

describe("the steps of a run as processes", function () {
  this.timeout(120_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let source: ReplayServer;
  let expected: Row[];
  before(async () => {
    await using elsewhere = await temporaryFolder();
    await using local = await startTiingo();
    const store = new FolderStore(elsewhere.path);
    const summary = await runDataset({
      ...{ dataset: withSourceUrl(dailyPrices, local.url), store, targets: [], budgets: new Budgets(systemClock) },
      ...{ clock: systemClock, fetch: nodeFetch, signal: new AbortController().signal },
      ...{ secret: () => replayToken, onProgress: () => undefined },
    });
    assert.equal(summary.outcome, "done");
    expected = await rowsIn(store);
    assert(expected.length > 10_000);
  });
  beforeEach(async () => {
    folder = await temporaryFolder();
    source = await startTiingo();
  });
  afterEach(async () => {
    await source[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const environment = (step: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    TIDEGATE_DATASET: "daily_prices",
    TIDEGATE_LAKE: folder.path,
    TIDEGATE_SOURCE_URL: source.url,
    TIINGO_TOKEN: replayToken,
    TIDEGATE_STEP: step,
    TIDEGATE_RUN: RUN,
    ...(step === "extract" ? { TIDEGATE_BATCH: "0" } : {}),
    ...more,
  });

  /** Waits for the first line of a task's log. */
  const started = async (running: ReturnType<typeof startTask>): Promise<void> => {
    if (running.child.stdout) await once(running.child.stdout, "data");
  };

  it("bring the rows that a run on a laptop brings", async () => {
    for (const step of STEPS) {
      const ended = await task(environment(step));
      assert.deepEqual([ended.code, ended.stderr], [0, ""], step);
    }
    const store = new FolderStore(folder.path);
    assert.deepEqual(await rowsIn(store), expected);
    const summary = (await readJson<RunSummary>(store, `runs/daily_prices/${RUN}.json`))?.value;
    assert.deepEqual([summary?.outcome, summary?.rows, summary?.errors], ["done", expected.length, []]);
  });

  it("bring the same rows when each of them is killed and repeated", async () => {
    for (const step of STEPS) {
      for (const pause of [0, 60]) {
        const running = startTask(environment(step));
        await started(running);
        if (step === "extract")
          while (source.requests.length < 3 + pause / 10) await new Promise((r) => setTimeout(r, 2));
        else await new Promise((r) => setTimeout(r, pause));
        running.child.kill("SIGKILL");
        await running.ended;
      }
      const ended = await task(environment(step));
      assert.equal(ended.code, 0, `${step}: ${JSON.stringify(ended.lines.at(-1))}`);
    }
    const store = new FolderStore(folder.path);
    assert.deepEqual(await rowsIn(store), expected);
    const summary = (await readJson<RunSummary>(store, `runs/daily_prices/${RUN}.json`))?.value;
    assert.deepEqual([summary?.outcome, summary?.gaps], ["done", 0]);
    // Fifteen windows, asked by five partitions at once: each kill costs at most what was under way.
    assert(source.requests.length <= 15 + 2 * 5, `${source.requests.length} requests`);
  });

  it("stop within seconds of SIGTERM with code 75, and go on from there", async () => {
    await task(environment("plan"));
    source.fail((asked) => asked.nth > 4, { kind: "delay", ms: 60_000 }, 5);
    const running = startTask(environment("extract"));
    while (source.requests.length < 7) await new Promise((resolve) => setTimeout(resolve, 5));
    running.child.kill("SIGTERM");
    const stopped = await seconds(5, running.ended);
    assert.deepEqual([stopped.code, stopped.lines.at(-1)?.message], [75, "extract stopped"]);
    assert.equal((await task(environment("extract"))).code, 0);
    assert.equal((await task(environment("process"))).code, 0);
    assert.deepEqual(await rowsIn(new FolderStore(folder.path)), expected);
  });

  it("report all that is wrong with an input in one line without a stack, with code 1", async () => {
    const ended = await task(
      environment("plan", { TIDEGATE_INPUT: '{"from":"1999-01-01","too":"2024-01-01","partitions":["APPL"]}' }),
    );
    assert.equal(ended.code, 1);
    assert.deepEqual([ended.lines.length, ended.lines[0]?.level, ended.lines[0]?.stack], [1, "error", undefined]);
    assert.match(String(ended.lines[0]?.message), /TIDEGATE_INPUT: unknown key \(got "too"\).*did you mean "to"\?/);
  });

  describe("in the cloud", () => {
    let emulator: S3Emulator;
    let redshift: RedshiftApi;
    let postgres: TlsPostgres;
    before(async function () {
      const missing = noS3() ?? noTlsPostgres();
      if (missing) {
        process.stdout.write(`    skipped: ${missing}\n`);
        this.skip();
      }
      [emulator, postgres] = await Promise.all([startS3(), startTlsPostgres()]);
      redshift = await startRedshift((url) => emulator.read(url));
      redshift.datasets = [dailyPrices];
    });
    after(async () => {
      await redshift?.[Symbol.asyncDispose]();
      await postgres?.[Symbol.asyncDispose]();
      await emulator?.close();
    });

    const inCloud = (step: string, more: Readonly<Record<string, string>> = {}): Record<string, string> =>
      environment(step, {
        ...emulator.environment,
        AWS_ENDPOINT_URL_REDSHIFT_DATA: redshift.url,
        TIDEGATE_LAKE: `s3://${emulator.bucket}/lake`,
        TIDEGATE_WAREHOUSE: "redshift-serverless://tidegate/market?copyRole=arn:aws:iam::123456789012:role/copy",
        TIDEGATE_DATABASE: `postgres://tidegate@localhost:${postgres.port}/postgres`,
        TIDEGATE_DATABASE_CA: postgres.authority,
        ...more,
      });

    const SHOWN =
      "select ticker, date::text as date, close::text as close, adj_volume::text as volume from daily_prices order by 1, 2";

    it("bring the same rows into lake, warehouse and database, once, whatever is repeated", async () => {
      const input = { partitions: ["IBM", "AAPL"], from: "2012-06-01", to: "2012-12-31" };
      const ended: EndedTask[] = [];
      for (const step of [...STEPS, "process", "load", "publish"])
        ended.push(await task(inCloud(step, { TIDEGATE_INPUT: JSON.stringify(input) })));
      assert.deepEqual(
        ended.map(({ code }) => code),
        Array(8).fill(0),
        JSON.stringify(ended.map(({ lines, stderr }) => [lines.at(-1), stderr])),
      );
      const plan = JSON.parse(
        new TextDecoder().decode(
          await emulator.read(`s3://${emulator.bucket}/lake/runs/daily_prices/${RUN}/plan.json`),
        ),
      ) as Plan;
      assert.deepEqual(plan.batches, [{ batch: 0, partitions: ["AAPL", "IBM"] }]);

      const { close: column } = dailyPrices.schema;
      const scale = column?.kind === "decimal" ? column.scale : 0;
      const wanted = expected
        .map(([ticker, day, , , , close, , , , , , adjusted]) => ({
          ticker,
          date: new Date(Number(day) * 86_400_000).toISOString().slice(0, 10),
          close: Number(formatDecimal(close as bigint, scale)),
          volume: String(adjusted),
        }))
        .filter(
          ({ ticker, date }) =>
            ["IBM", "AAPL"].includes(String(ticker)) && date >= "2012-06-01" && date <= "2012-12-31",
        );
      assert(wanted.length > 200);
      const shown = (rows: readonly Record<string, unknown>[]) =>
        rows.map((row) => ({ ...row, close: Number(row.close) }));
      assert.deepEqual(shown(await postgres.query(SHOWN)), wanted);
      assert.deepEqual(shown((await redshift.database.query<Record<string, unknown>>(SHOWN)).rows), wanted);
      const published = ended.at(-1)?.lines.at(-1);
      assert.deepEqual([published?.message, published?.newRows], ["done", wanted.length]);
    });

    it("stop a load within seconds of SIGTERM with code 75", async () => {
      redshift.stuck = "SUBMITTED";
      const running = startTask(inCloud("load"));
      const asked = redshift.requests.length;
      while (redshift.requests.length < asked + 2) await new Promise((resolve) => setTimeout(resolve, 5));
      running.child.kill("SIGTERM");
      const stopped = await seconds(5, running.ended);
      redshift.stuck = undefined;
      assert.deepEqual([stopped.code, stopped.lines.at(-1)?.message], [75, "load stopped"]);
    });

    it("load into the one target when the other cannot be reached, and fail", async () => {
      const ended = await task(inCloud("load", { TIDEGATE_DATABASE: "postgres://tidegate@localhost:1/postgres" }));
      assert.equal(ended.code, 1);
      const { level, errors } = ended.lines.at(-1) as { level: string; errors: { problem: string }[] };
      assert.equal(level, "error");
      assert.match(errors.map(({ problem }) => problem).join(), /^database: .*ECONNREFUSED/);
    });
  });
});
