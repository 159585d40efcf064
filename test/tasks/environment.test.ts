import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { datasets } from "../../datasets/index.ts";
import { readTaskEnvironment } from "../../runtime/environment.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { createLog } from "../../runtime/tasks/log.ts";
import { keysOf } from "../support/extraction.ts";
import { temporaryFolder } from "../support/folder.ts";
import { replayToken, startTiingo } from "../support/replay/tiingo.ts";

const TASK = fileURLToPath(new URL("../../runtime/tasks/run.ts", import.meta.url));

describe("a task's environment", () => {
  it("says which dataset goes where", () => {
    const variables = { TIDEGATE_DATASET: "daily_prices", TIDEGATE_LAKE: "s3://b/lake" };
    const { dataset, lake, sourceUrl, emulated } = readTaskEnvironment(datasets, variables);
    assert.deepEqual([dataset.name, lake, sourceUrl, emulated], ["daily_prices", "s3://b/lake", undefined, false]);
    const more = { ...variables, TIDEGATE_SOURCE_URL: "http://127.0.0.1:1", AWS_ENDPOINT_URL: "http://127.0.0.1:2" };
    const other = readTaskEnvironment(datasets, more);
    assert.deepEqual([other.sourceUrl, other.emulated], ["http://127.0.0.1:1", true]);
  });

  it("has all of its faults told at once", () => {
    assert.throws(() => readTaskEnvironment(datasets, { TIDEGATE_DATASET: "daily_price", TIDEGATE_SOURCE_URL: "x" }), {
      name: "UserError",
      message: `the task's environment is not complete:
  - TIDEGATE_DATASET: names no dataset (got "daily_price"); allowed: ${datasets.map(({ name }) => name).join(", ")}; did you mean "daily_prices"?
  - TIDEGATE_LAKE: is not set; allowed: s3://bucket/prefix
  - TIDEGATE_SOURCE_URL: is no URL (got "x")`,
    });
    assert.throws(() => readTaskEnvironment(datasets, {}), /TIDEGATE_DATASET: is not set\n.*TIDEGATE_LAKE: is not set/);
  });
});

describe("a task's log", () => {
  it("is one JSON object a line", async () => {
    const stream = new PassThrough();
    const log = createLog(stream, () => new Date(0));
    log("info", "two\nlines", { rows: 5 });
    log("error", "x", {});
    stream.end();
    const lines = (await text(stream)).trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)),
      [
        { time: "1970-01-01T00:00:00.000Z", level: "info", message: "two\nlines", rows: 5 },
        { time: "1970-01-01T00:00:00.000Z", level: "error", message: "x" },
      ],
    );
  });
});

describe("a task as a process", () => {
  const start = (environment: Readonly<Record<string, string>>) => {
    const child = spawn(process.execPath, [TASK], { env: environment, stdio: ["ignore", "pipe", "inherit"] });
    const ended = Promise.all([text(child.stdout), once(child, "exit")]).then(([output, [code]]) => ({
      code,
      lines: output
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    }));
    return { child, ended };
  };

  it("brings a dataset into the lake", async () => {
    await using folder = await temporaryFolder();
    await using server = await startTiingo();
    const { code, lines } = await start({
      TIDEGATE_DATASET: "daily_prices",
      TIDEGATE_LAKE: folder.path,
      TIDEGATE_SOURCE_URL: server.url,
      TIINGO_TOKEN: replayToken,
    }).ended;
    assert.equal(code, 0);
    assert.deepEqual(
      lines.filter(({ _aws }) => !_aws).map(({ level, message, dataset }) => [level, message, dataset]),
      ["started", "plan done", "extract done", "process done", "load done", "done"].map((message) => [
        "info",
        message,
        "daily_prices",
      ]),
    );
    const last = lines.at(-1);
    assert.deepEqual([last?.rows, last?.requests, last?.coverage], [12_154, 15, undefined]);
    const keys = await keysOf(new FolderStore(folder.path));
    assert(keys.includes("definitions.json") && keys.includes("processed/daily_prices/IBM/records.parquet"));
    assert(!JSON.stringify(lines).includes(replayToken));
  });

  it("fails with one line that says why", async () => {
    await using folder = await temporaryFolder();
    const { code, lines } = await start({ TIDEGATE_LAKE: folder.path }).ended;
    assert.equal(code, 1);
    assert.equal(lines.length, 1);
    assert.match(String(lines[0]?.message), /TIDEGATE_DATASET: is not set/);
    assert.deepEqual([lines[0]?.level, lines[0]?.stack], ["error", undefined]);
  });

  it("stops soon after SIGTERM, and says so", async () => {
    await using folder = await temporaryFolder();
    await using server = await startTiingo({ latencyMs: 30_000 });
    const { child, ended } = start({
      TIDEGATE_DATASET: "daily_prices",
      TIDEGATE_LAKE: folder.path,
      TIDEGATE_SOURCE_URL: server.url,
      TIINGO_TOKEN: replayToken,
    });
    while (server.requests.length < 5) await new Promise((resolve) => setTimeout(resolve, 20));
    const begun = Date.now();
    child.kill("SIGTERM");
    const { code, lines } = await ended;
    assert(Date.now() - begun < 5_000);
    assert.deepEqual([code, lines.at(-1)?.message, lines.at(-1)?.requests], [75, "stopped", 5]);
  });
});
