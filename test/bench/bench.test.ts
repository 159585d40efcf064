import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ROWS } from "../../bench/extract/bars.ts";
import { temporaryFolder } from "../support/folder.ts";

const run = promisify(execFile);
const bench = (file: string): string => fileURLToPath(new URL(`../../bench/${file}`, import.meta.url));
const node = (file: string, ...args: string[]) => run(process.execPath, [bench(file), ...args]);

describe("the benchmarks", () => {
  it("process as DuckDB does, and keep as many rows", async () => {
    const { stdout } = await node("process.ts", "--symbols", "1");
    assert.match(stdout, /^tidegate takes \d+\.\d+ times as long as duckdb$/m);
  }).timeout(60_000);

  it("ask for a large body and process it", async () => {
    const { stdout } = await node("large.ts", "1", "process");
    assert.match(stdout, /^extract: \d+ bytes, .* MiB\nprocess: \d+ rows, .* MiB$/m);
  }).timeout(60_000);

  it("bring in what their source has", async () => {
    await using folder = await temporaryFolder();
    const server = spawn(process.execPath, [bench("extract/server.ts")], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [said] = (await once(server.stdout, "data")) as [Buffer];
      const { stdout } = await node("extract/tidegate.ts", String(said).trim(), folder.path);
      assert.deepEqual(JSON.parse(stdout), { rows: ROWS, outcome: "done", errors: [] });
    } finally {
      server.kill();
    }
  }).timeout(120_000);
});
