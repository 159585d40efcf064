import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { command, definitions, smallDataset, startCommand } from "../support/command.ts";
import { useFolder } from "../support/folder.ts";
import { startRows } from "../support/replay/rows.ts";

const UNTIL = ["--until", "2024-02-29"];
/** 60 days of three items, ten days a request. */
const ROWS = 180;
const REQUESTS = 18;

const counts = async (data: string, table = "small"): Promise<unknown> => {
  const { stdout, code, stderr } = await command([
    "sql",
    `select count(*) as n, count(distinct (item, day)) as keys from ${table}`,
    "--data",
    data,
    "--json",
  ]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
};

describe("the tidegate command", () => {
  let server: ReplayServer;
  const folder = useFolder();
  let data: string;

  beforeEach(async () => {
    server = await startRows();
    data = join(folder.path, "data");
  });
  afterEach(() => server.close());

  const defined = (files: Record<string, string>): Promise<string> => definitions(folder.path, files);
  const run = (...args: string[]): ReturnType<typeof command> => command(["run", "--data", data, ...UNTIL, ...args]);

  it("runs definitions from a folder outside of the project, and asks nothing the second time", async () => {
    const datasets = await defined({ "small.ts": smallDataset("small", server.url) });
    const first = await run("--datasets", datasets, "--json");
    assert.equal(first.code, 0, first.stderr);
    const [summary] = JSON.parse(first.stdout).summaries;
    assert.deepEqual(
      {
        outcome: summary.outcome,
        requests: summary.requests,
        rows: summary.rows,
        gaps: summary.gaps,
        first: summary.first,
        last: summary.last,
      },
      { outcome: "done", requests: REQUESTS, rows: ROWS, gaps: 0, first: "2024-01-01", last: "2024-02-29" },
    );
    assert.deepEqual(await counts(data), [{ n: ROWS, keys: ROWS }]);

    const second = await run("--datasets", datasets);
    assert.equal(second.code, 0, second.stderr);
    assert.match(second.stdout, /small: nothing asked, everything up to 2024-02-29 is covered already/);
    assert.equal(server.requests.length, REQUESTS);
  });

  it("asks only for what is not covered yet", async () => {
    const datasets = await defined({ "small.ts": smallDataset("small", server.url) });
    assert.equal((await command(["run", "--data", data, "--datasets", datasets, "--until", "2024-02-19"])).code, 0);
    const before = server.requests.length;
    assert.equal((await run("--datasets", datasets)).code, 0);
    const asked = server.requests.slice(before).map(({ query }) => `${query.get("from")} ${query.get("to")}`);
    assert.deepEqual(asked, Array(3).fill("2024-02-20 2024-02-29"));
    assert.deepEqual(await counts(data), [{ n: ROWS, keys: ROWS }]);
  });

  it("tells every fault of every definition at once, with the file, and touches nothing", async () => {
    const faulty = smallDataset("Small Set", "ftp://example.com", "pagess: 1,")
      .replace('cursor: "day"', 'cursor: "dya"')
      .replace('calendar: "24/7"', 'calendar: "XNYX"');
    const datasets = await defined({ "faulty.ts": faulty, "broken.ts": "export default {" });
    const { code, stderr, stdout } = await run("--datasets", datasets);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    for (const expected of [
      /broken\.ts: /,
      /faulty\.ts: name: must be lower case letters.*\(got "Small Set"\)/,
      /faulty\.ts: source: unknown key \(got "pagess"\).*did you mean "pages"\?/,
      /faulty\.ts: source\.url: must be an https URL.*\(got "ftp:\/\/example\.com"\)/,
      /faulty\.ts: cursor: names no column \(got "dya"\); allowed: item, day, value; did you mean "day"\?/,
      /faulty\.ts: calendar: .*\(got "XNYX"\); allowed: "XNYS", "24\/7"/,
    ])
      assert.match(stderr, expected);
    assert.doesNotMatch(stderr, /\n +at /);
    assert.equal(existsSync(data), false);
  });

  it("goes on with other datasets when one is refused its token", async () => {
    const datasets = await defined({
      "good.ts": smallDataset("good", server.url),
      "locked.ts": smallDataset(
        "locked",
        server.url.replace("127.0.0.1", "localhost"),
        'auth: token({ secret: "SMALL_TOKEN" }),',
      ),
    });
    server.fail(({ headers }) => headers.authorization !== undefined, {
      kind: "answer",
      answer: { status: 401, body: '{"detail":"Invalid token."}' },
    });
    const { code, stdout } = await command(["run", "--data", data, ...UNTIL, "--datasets", datasets], {
      SMALL_TOKEN: "wrong-token",
    });
    assert.equal(code, 1);
    assert.match(
      stdout,
      /locked: .* answered 401: .*Invalid token.*\(set SMALL_TOKEN to a valid value, then run again\)/,
    );
    assert.deepEqual(await counts(data, "good"), [{ n: ROWS, keys: ROWS }]);
    assert.throws(() => execFileSync("grep", ["-rF", "wrong-token", data]), "the token is nowhere in the folder");
  });

  it("names the token that is not set", async () => {
    const datasets = await defined({
      "locked.ts": smallDataset("locked", server.url, 'auth: token({ secret: "SMALL_TOKEN" }),'),
    });
    const { code, stdout } = await run("--datasets", datasets);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /locked: needs a token: SMALL_TOKEN is not set \(export SMALL_TOKEN=<your token>, then run again\)/,
    );
    assert.equal(server.requests.length, 0);
  });

  it("keeps a partition whose 200 carries an error out of the data, and brings in the others", async () => {
    const datasets = await defined({ "small.ts": smallDataset("small", server.url) });
    const mend = server.fail(({ path }) => path.endsWith("/two"), {
      kind: "answer",
      answer: { status: 200, body: '{"error":"You have run over your limit"}' },
    });
    const { code, stdout } = await run("--datasets", datasets);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /small: two: 127\.0\.0\.1:\d+ answered 200, but the body is no list of rows but .*run over your limit/,
    );
    assert.deepEqual(await counts(data), [{ n: 120, keys: 120 }]);
    mend();
    assert.equal((await run("--datasets", datasets)).code, 0);
    assert.deepEqual(await counts(data), [{ n: ROWS, keys: ROWS }]);
  });

  it("asks again when a body ends early", async () => {
    const datasets = await defined({ "small.ts": smallDataset("small", server.url) });
    server.fail(2, { kind: "truncate" });
    server.fail(5, { kind: "reset" });
    const { code, stderr } = await run("--datasets", datasets);
    assert.equal(code, 0, stderr);
    assert.equal(server.requests.length, REQUESTS + 2);
    assert.deepEqual(await counts(data), [{ n: ROWS, keys: ROWS }]);
  });

  it("stops at a safe point on Ctrl-C and goes on there", async () => {
    const datasets = await defined({ "small.ts": smallDataset("small", server.url) });
    await server.close();
    server = await startRows({ latencyMs: 200 });
    const slow = await defined({ "small.ts": smallDataset("small", server.url) });
    const running = startCommand(["run", "--data", data, ...UNTIL, "--datasets", slow]);
    while (server.answered(200) < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    running.child.kill("SIGINT");
    const { code, stdout } = await running.ended;
    assert.equal(code, 1);
    assert.match(stdout, /small: stopped; what was fetched is kept, run again and it goes on there/);
    const before = server.requests.length;
    assert.ok(before < REQUESTS);
    assert.equal((await run("--datasets", datasets)).code, 0);
    assert.ok(server.requests.length <= REQUESTS + 3, `${server.requests.length} requests`);
    assert.deepEqual(await counts(data), [{ n: ROWS, keys: ROWS }]);
  });

  it("refuses a second run in the same folder", async () => {
    await server.close();
    server = await startRows({ latencyMs: 300 });
    const datasets = await defined({ "small.ts": smallDataset("small", server.url) });
    const running = startCommand(["run", "--data", data, ...UNTIL, "--datasets", datasets]);
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const second = await run("--datasets", datasets);
    assert.equal(second.code, 1);
    assert.match(second.stderr, /warehouse\.duckdb is in use by another process/);
    assert.equal((await running.ended).code, 0);
  });

  it("says that the disk is full, leaves nothing half-written, and goes on when there is space", async function () {
    const disk = join(folder.path, "disk");
    await mkdir(disk);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=50m", "tmpfs", disk], { stdio: "ignore" });
    } catch {
      process.stdout.write("      skipped: a small disk can only be mounted by root on Linux\n");
      return this.skip();
    }
    try {
      const datasets = await defined({ "small.ts": smallDataset("small", server.url) });
      const full = join(disk, "data");
      assert.equal((await command(["run", "--data", full, "--datasets", datasets, "--until", "2024-01-20"])).code, 0);
      execFileSync("sh", ["-c", `dd if=/dev/zero of=${disk}/ballast bs=4k 2>/dev/null || true`]);
      const { code, stdout, stderr } = await command(["run", "--data", full, "--datasets", datasets, ...UNTIL]);
      assert.equal(code, 1);
      assert.match(stdout + stderr, /disk is full/i);
      assert.doesNotMatch(stdout + stderr, /\n +at /);
      execFileSync("rm", [join(disk, "ballast")]);
      const after = await command(["run", "--data", full, "--datasets", datasets, ...UNTIL]);
      assert.equal(after.code, 0, after.stderr + after.stdout);
      assert.deepEqual(await counts(full), [{ n: ROWS, keys: ROWS }]);
      assert.deepEqual(readdirSync(join(full, "lake", ".work"), { recursive: true }), []);
    } finally {
      execFileSync("umount", ["-l", disk]);
    }
  });

  it("shows the state of the datasets", async () => {
    const datasets = await defined({
      "small.ts": smallDataset("small", server.url),
      "other.ts": smallDataset("other", server.url),
    });
    await run("small", "--datasets", datasets);
    const { stdout, code } = await command(["status", "--data", data, "--datasets", datasets, "--json"]);
    assert.equal(code, 0);
    const { summaries, never } = JSON.parse(stdout);
    assert.deepEqual(
      summaries.map((one: { dataset: string; rows: number }) => [one.dataset, one.rows]),
      [["small", ROWS]],
    );
    assert.deepEqual(never, ["other"]);
    const text = await command(["status", "--data", data, "--datasets", datasets]);
    assert.match(text.stdout, /small: last run done at \d{4}-/);
    assert.match(text.stdout, /other: not run yet; tidegate run other/);
  });

  it("refuses to write through sql", async () => {
    const datasets = await defined({ "small.ts": smallDataset("small", server.url) });
    await run("--datasets", datasets);
    const { code, stderr } = await command(["sql", "delete from small", "--data", data]);
    assert.equal(code, 1);
    assert.match(stderr, /the query failed:\n.*read-only/);
    assert.deepEqual(await counts(data), [{ n: ROWS, keys: ROWS }]);
  });

  it("says what is missing or misspelt in a query", async () => {
    const missing = await command(["sql", "select 1", "--data", join(folder.path, "nothing")]);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /there is no warehouse yet:\n.*run tidegate run/);
  });

  for (const [what, args, expected] of [
    ["an unknown command", ["rum"], /unknown command 'rum'\n\(Did you mean run\?\)/],
    ["an unknown option", ["run", "--dta", "x"], /unknown option '--dta'\n\(Did you mean --data\?\)/],
    [
      "an unknown dataset",
      ["run", "daily_price"],
      /no such dataset \(got "daily_price"\); allowed: .*; did you mean "daily_prices"\?/,
    ],
    [
      "a day that is none",
      ["run", "--until", "2024-02-30"],
      /--until: is no day \(got "2024-02-30"\); allowed: YYYY-MM-DD/,
    ],
    [
      "a folder that is none",
      ["run", "--datasets", "/no/such/folder"],
      /--datasets: is no folder \(got "\/no\/such\/folder"\)/,
    ],
    ["a missing argument", ["sql"], /missing required argument 'query'/],
  ] as const)
    it(`ends with 2 for ${what}`, async () => {
      const { code, stderr } = await command([...args]);
      assert.equal(code, 2);
      assert.match(stderr, expected);
    });

  it("hands a comparison and assumptions on to the plan", async () => {
    const { code, stdout, stderr } = await command([
      ...["plan", "--stack", "lean", "--compare", "dev", "--json"],
      ...["--assume", "storedGb=7", "minutesPerTask=3", "--assume", "tableGb=2"],
    ]);
    assert.equal(code, 0, stderr);
    const { cost, comparison } = JSON.parse(stdout);
    assert.deepEqual([cost.stack, comparison.to.stack], ["lean", "dev"]);
    const { storedGb, minutesPerTask, tableGb } = cost.usage;
    assert.deepEqual({ storedGb, minutesPerTask, tableGb }, { storedGb: 7, minutesPerTask: 3, tableGb: 2 });
  });

  it("ends with 2 for an assumption that does not exist", async () => {
    const { code, stderr } = await command(["plan", "--assume", "storedGB=7"]);
    assert.equal(code, 2);
    assert.match(stderr, /there is no such assumption \(got "storedGB"\).*did you mean "storedGb"\?/);
  });

  for (const name of [
    ...["run", "status", "sql", "gaps", "backfill", "request", "new", "check", "replay"],
    ...["process", "clear-raw", "import-iex", "import-intraday", "export-intraday", "plan", "policy"],
  ])
    it(`explains ${name}`, async () => {
      const { code, stdout } = await command([name, "--help"]);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`Usage: tidegate ${name} `));
      assert.match(stdout, /--json/);
      assert.match(stdout, new RegExp(`Examples?:\\n {2}tidegate ${name}`));
    });
});
