import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { badGateway } from "../../runtime/replay/faults.ts";
import { type Answer, type ReplayServer, startReplay } from "../../runtime/replay/server.ts";
import { command, definitions, smallDataset } from "../support/command.ts";
import { useFolder } from "../support/folder.ts";
import { startRotation } from "../support/rotation.ts";

const SECRET = "s3cr3t-value";

describe("tidegate check", () => {
  let server: ReplayServer;
  const folder = useFolder();
  let datasets: string;
  let answer: Answer;

  beforeEach(async () => {
    answer = { status: 200, body: '[["2024-01-05",1.5],["2024-01-06","many"],["2024-01-07",2.25],["2023-12-31",9]]' };
    server = await startReplay(() => answer);
    datasets = await definitions(folder.path, {
      "small.ts": smallDataset("small", server.url, 'auth: token({ secret: "SMALL_TOKEN" }),'),
    });
  });
  afterEach(() => server.close());

  const check = (...args: string[]): ReturnType<typeof command> =>
    command(["check", "small", "--from", "2024-01-01", ...args, "--datasets", datasets], { SMALL_TOKEN: SECRET });

  it("shows request, rows as they would be stored, and what would be quarantined and why; and stores nothing", async () => {
    const before = readdirSync(folder.path);
    const { code, stdout, stderr } = await check("--partition", "two");
    assert.equal(code, 1, stderr);
    assert.equal(server.requests.length, 1);
    assert.equal(server.requests[0]?.headers.authorization, `Bearer ${SECRET}`);
    assert.match(
      stdout,
      /^small, item two, 2024-01-01T00:00:00Z to 2024-01-11T00:00:00Z\nGET http:\/\/127\.0\.0\.1:\d+\/rows\/two\?from=2024-01-01&to=2024-01-10\n/,
    );
    assert.match(stdout, /authorization: Bearer \[redacted\]/i);
    assert.match(
      stdout,
      /answered 200, .*: data\n2 records would be stored, 1 quarantined, 1 are outside of the window, this is the last page/,
    );
    assert.match(stdout, /two +2024-01-05 +1\.5\ntwo +2024-01-07 +2\.25\n/);
    assert.match(stdout, /quarantined:\n.*\n.*\n +1 +.*many.*/);
    assert.ok(!`${stdout}${stderr}`.includes(SECRET));
    assert.deepEqual(readdirSync(folder.path), before);
  });

  it("ends well when every row is a record", async () => {
    answer = { status: 200, body: '[["2024-01-05",1.5]]' };
    const { code, stdout } = await check("--json");
    assert.equal(code, 0);
    const { outcome, records, quarantined, more, request, partition } = JSON.parse(stdout);
    assert.deepEqual([outcome, more, partition, quarantined], ["data", false, "one", []]);
    assert.deepEqual(records, [{ item: "one", day: "2024-01-05", value: "1.5" }]);
    assert.ok(!JSON.stringify(request).includes(SECRET));
  });

  it("says what the source said, once", async () => {
    server.fail(() => true, badGateway);
    const { code, stdout } = await check();
    assert.equal(code, 1);
    assert.match(stdout, /answered 502, .*502 Bad Gateway/);
    assert.equal(server.requests.length, 1);
  });

  it("says what is missing before it asks", async () => {
    const { code, stderr } = await command(["check", "small", "--datasets", datasets]);
    assert.equal(code, 1);
    assert.match(stderr, /small needs secrets:\n.*SMALL_TOKEN: is not set; export SMALL_TOKEN=<its value>/);
    const early = await check("--from", "2999-01-01");
    assert.equal(early.code, 2);
    assert.match(early.stderr, /--from: is not complete yet \(got "2999-01-01"\)/);
    assert.equal(server.requests.length, 0);
  });

  it("asks another of its sources, which reads its own rows", async () => {
    await using other = await startReplay(() => ({ status: 200, body: '[{"d":"2024-01-05","v":7}]' }));
    const code = smallDataset("small", server.url).replace(
      "partitions:",
      `alternatives: {
        other: {
          kind: "http",
          url: ${JSON.stringify(other.url)},
          budget: [{ requests: 1000, per: "1 second" }],
          windows: { step: "5 days", granularity: "1 day" },
          request: ({ partition }) => ({ path: ["other", partition.item] }),
          pages: none(),
          rows: (row) => ({ day: row.d, value: row.v }),
        },
      },
      partitions:`,
    );
    await definitions(folder.path, { "small.ts": code });
    const { stdout, code: exit, stderr } = await check("--source", "other", "--json");
    assert.equal(exit, 0, stderr);
    assert.deepEqual(JSON.parse(stdout).records, [{ item: "one", day: "2024-01-05", value: "7" }]);
    assert.deepEqual([server.requests.length, other.requests[0]?.path], [0, "/other/one"]);
  });

  it("keeps a refresh token that the source renews, for the next one would be refused without it", async () => {
    await using tokens = await startRotation({ first: "by-hand", revokes: true });
    const auth = `auth: oauth2({ tokenUrl: "${tokens.url}/t", clientId: "ID", clientSecret: "KEY", refreshToken: "REFRESH" }),`;
    const code = smallDataset("small", server.url, auth).replace("text, token", "oauth2, text");
    await definitions(folder.path, { "small.ts": code });
    answer = { status: 200, body: '[["2024-01-05",1.5]]' };
    const secrets = { ID: "client-id", KEY: "client-secret", REFRESH: "by-hand" };
    const data = `${folder.path}/data`;
    for (let i = 0; i < 2; i += 1) {
      const { code, stderr } = await command(["check", "small", "--datasets", datasets, "--data", data], secrets);
      assert.equal(code, 0, stderr);
    }
    assert.deepEqual(tokens.sent, ["by-hand", "refresh-1"]);
    assert.deepEqual(readdirSync(`${data}/lake/state`), [".tokens"]);
  });

  it("fetches the file of an export when it is there, and says when it is not", async () => {
    answer = { status: 200, body: '{"status":"making"}' };
    const code = smallDataset("small", server.url)
      .replace("pages: none()", "pages: exportJob({ link: (body) => body.link })")
      .replace("text, token", "exportJob, csvBody, text, token")
      .replace("rows: ([day, value])", "format: csvBody(),\n    rows: ({ day, value })");
    await definitions(folder.path, { "small.ts": code });
    const waits = await check();
    assert.equal(waits.code, 1, waits.stderr);
    assert.match(waits.stdout, /the file is being made: check again in 30 seconds/);
    server.fail(({ path }) => path === "/file", {
      kind: "answer",
      answer: { status: 200, body: "day,value\n2024-01-02,5\n" },
    });
    answer = { status: 200, body: `{"link":"${server.url}/file"}` };
    const made = await check("--json");
    assert.equal(made.code, 0, made.stderr);
    assert.deepEqual(JSON.parse(made.stdout).records, [{ item: "one", day: "2024-01-02", value: "5" }]);
  });
});
