import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { localPlaces } from "../../runtime/cli/local.ts";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { command, definitions, smallDataset, startCommand } from "../support/command.ts";
import { useFolder } from "../support/folder.ts";
import { startRows } from "../support/replay/rows.ts";

const UNTIL = ["--until", "2024-01-20"];

describe("commands over raw that is there", () => {
  let server: ReplayServer;
  const folder = useFolder();
  let data: string;
  let datasets: string;

  beforeEach(async () => {
    server = await startRows();
    data = join(folder.path, "data");
    datasets = await definitions(folder.path, { "small.ts": smallDataset("small", server.url) });
    const { code, stderr } = await tidegate("run", ...UNTIL);
    assert.equal(code, 0, stderr);
  });
  afterEach(() => server.close());

  const tidegate = (...args: string[]): ReturnType<typeof command> =>
    command([...args, "--data", data, "--datasets", datasets]);
  const files = (below: string): string[] => {
    const all = readdirSync(localPlaces(data).lake, { recursive: true, withFileTypes: true });
    return all
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name))
      .filter((path) => path.includes(`/${below}/`));
  };
  const rows = async (query = "select count(*) as n, sum(value) as total from small"): Promise<unknown> => {
    const { stdout, stderr, code } = await command(["sql", query, "--data", data, "--json"]);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout)[0];
  };

  it("replay answers a second lake as the source did, without the source", async () => {
    const original = await rows();
    await server.close();
    const replay = startCommand(["replay", "small", "--port", "0", "--json", "--data", data, "--datasets", datasets]);
    let output = "";
    replay.child.stdout?.on("data", (text) => {
      output += text;
    });
    while (!output.includes("\n")) await new Promise((resolve) => setTimeout(resolve, 10));
    const { datasets: served, url } = JSON.parse(output.split("\n")[0] ?? "");
    assert.deepEqual(served, [{ dataset: "small", requests: 6, through: "2024-01-20", url, secrets: [] }]);

    const copy = join(folder.path, "copy");
    const run = await command(["run", "--source-url", url, ...UNTIL, "--data", copy, "--datasets", datasets]);
    assert.equal(run.code, 0, run.stderr + run.stdout);
    data = copy;
    assert.deepEqual(await rows(), original);

    const unknown = await fetch(`${url}/rows/one?from=2030-01-01&to=2030-01-02`);
    assert.equal(unknown.status, 404);
    const said = (await unknown.json()) as { known: string[] };
    assert.deepEqual(said.known.sort(), [
      "GET /rows/one?from=2024-01-01&to=2024-01-10",
      "GET /rows/one?from=2024-01-11&to=2024-01-20",
    ]);
    replay.child.kill("SIGINT");
    assert.equal((await replay.ended).code, 0);
    assert.match(output, /\{"status":404,"asked":"GET \/rows\/one\?from=2030-01-01&to=2030-01-02"\}/);
  });

  it("replay says what is not there", async () => {
    const empty = await command(["replay", "--data", join(folder.path, "none"), "--datasets", datasets]);
    assert.equal(empty.code, 1);
    assert.match(empty.stderr, /there is no lake yet:.*run tidegate run first/s);
    const port = await tidegate("replay", "--port", "http");
    assert.equal(port.code, 2);
    assert.match(port.stderr, /--port: is no port \(got "http"\); allowed: 0 to 65535/);
    const taken = await tidegate("replay", "--port", new URL(server.url).port);
    assert.match(taken.stderr, /--port: is in use .*name another one, or 0 for any/);
  });

  it("process applies a changed definition to all raw, and asks nobody", async () => {
    const asked = server.requests.length;
    const code = readFileSync(join(datasets, "small.ts"), "utf8");
    await definitions(folder.path, {
      "small.ts": code.replace("({ day, value })", "({ day, value: Number(value) + 1 })"),
    });
    const before = (await rows("select sum(value) as total, count(*) as n from small")) as { total: string; n: number };
    const processed = await tidegate("process", "small", "--json");
    assert.equal(processed.code, 0, processed.stderr);
    const [summary] = JSON.parse(processed.stdout).summaries;
    assert.deepEqual([summary.outcome, summary.requests, summary.rows, summary.newRows], ["done", 0, 60, 60]);
    const after = (await rows("select sum(value) as total, count(*) as n from small")) as { total: string; n: number };
    assert.deepEqual([after.n, Number(after.total) - Number(before.total)], [60, 60]);
    assert.equal(server.requests.length, asked);
    const [idle] = JSON.parse((await tidegate("process", "--json")).stdout).summaries;
    assert.equal(idle.outcome, "nothing to do");
  });

  it("clear-raw only shows, then deletes, and leaves records, coverage and other datasets alone", async () => {
    const shown = await tidegate("clear-raw", "small", "--json");
    assert.equal(shown.code, 0, shown.stderr);
    const { deleted, datasets: numbers } = JSON.parse(shown.stdout);
    assert.equal(deleted, false);
    assert.equal(files("raw").length, 6);
    assert.deepEqual([numbers[0].exchanges, numbers[0].objects, numbers[0].unprocessed], [6, 6, []]);
    assert.match((await tidegate("clear-raw", "small")).stdout, /nothing was deleted\. With --yes it is/);

    const gone = await tidegate("clear-raw", "small", "--yes");
    assert.equal(gone.code, 0, gone.stderr);
    assert.deepEqual(files("raw"), []);
    const asked = server.requests.length;
    const again = await tidegate("run", ...UNTIL);
    assert.equal(again.code, 0, again.stderr + again.stdout);
    assert.equal(server.requests.length, asked);
    assert.equal(((await rows()) as { n: number }).n, 60);
  });

  it("clear-raw deletes nothing that was not processed yet, unless forced to", async () => {
    const [parquet = ""] = files("processed").filter((path) => path.includes("two"));
    await import("node:fs/promises").then(({ rm }) => rm(parquet));
    const refused = await tidegate("clear-raw", "small", "--yes");
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /nothing was deleted:\n.*small: raw of 1 partitions has no records yet \(got \["two"\]\); run tidegate process small first, or delete it all the same with --force/,
    );
    assert.equal(files("raw").length, 6);
    assert.equal((await tidegate("clear-raw", "small", "--yes", "--force")).code, 0);
    assert.deepEqual(files("raw"), []);
  });

  it("clear-raw knows the names of datasets", async () => {
    const { code, stderr } = await tidegate("clear-raw", "smal", "--yes");
    assert.equal(code, 2);
    assert.match(stderr, /no such dataset \(got "smal"\).*did you mean "small"\?/);
  });
});
