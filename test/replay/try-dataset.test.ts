import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { token } from "../../runtime/dataset/index.ts";
import { badGateway, JumpingClock, type ReplayServer, startReplay, tryDataset } from "../../runtime/replay/index.ts";
import { temporaryFolder } from "../support/folder.ts";
import { tiny, tinyRows } from "../support/tiny.ts";

describe("trying a dataset", () => {
  let server: ReplayServer;
  const clock = (): JumpingClock => new JumpingClock(Date.parse("2024-01-15T12:00:00Z"));
  beforeEach(async () => {
    server = await startReplay((asked) => ({ status: 200, body: tinyRows(asked) }));
  });
  afterEach(() => server.close());

  it("gives back records, requests and summary, and leaves nothing behind", async () => {
    let lake: string;
    {
      await using tried = await tryDataset(tiny("https://example.org"), { server, clock: clock() });
      lake = tried.store.location;
      assert.ok(existsSync(lake));
      assert.deepEqual([tried.summary.outcome, tried.summary.rows, tried.records.length], ["done", 28, 28]);
      assert.deepEqual(tried.records[0], { ticker: "A", date: "2024-01-01", price: "723.5" });
      assert.deepEqual(tried.records.at(-1), { ticker: "B", date: "2024-01-14", price: "736.5" });
      assert.deepEqual(tried.requests.map(({ path, query }) => `${path} ${query.get("from")}`).sort(), [
        "/prices/A 2024-01-01",
        "/prices/A 2024-01-11",
        "/prices/B 2024-01-01",
        "/prices/B 2024-01-11",
      ]);
    }
    assert.ok(!existsSync(lake));
  });

  it("asks for some partitions and days, with the secrets that it is told", async () => {
    const dataset = tiny("https://example.org", { source: { auth: token({ secret: "TINY" }) } });
    const options = { server, clock: clock(), partitions: ["B"], from: "2024-01-13", secrets: { TINY: "abc" } };
    await using tried = await tryDataset(dataset, options);
    assert.deepEqual(
      tried.records.map(({ date }) => date),
      ["2024-01-13", "2024-01-14"],
    );
    assert.deepEqual(
      tried.requests.map(({ headers }) => headers.authorization),
      ["Bearer abc"],
    );
  });

  it("waits for no retry, and shows what was quarantined", async () => {
    server.fail(1, badGateway);
    server.fail(({ path }) => path.endsWith("/B"), {
      kind: "answer",
      answer: { status: 200, body: '[{"date":"2024-01-14","price":"much"}]' },
    });
    const began = performance.now();
    await using tried = await tryDataset(tiny("https://example.org"), { server, clock: clock(), from: "2024-01-14" });
    assert.ok(performance.now() - began < 10_000);
    assert.equal(tried.requests.length, 3);
    assert.deepEqual(
      tried.records.map(({ ticker }) => ticker),
      ["A"],
    );
    assert.deepEqual(
      tried.quarantined.map(({ partition }) => partition),
      ["B"],
    );
    assert.match(tried.quarantined[0]?.reason ?? "", /price/);
  });

  it("keeps to a budget on its own clock, so that minutes pass at once", async () => {
    const own = clock();
    const began = own.now();
    const dataset = tiny("https://example.org", { source: { budget: [{ requests: 2, per: "10 minutes" }] } });
    await using tried = await tryDataset(dataset, { server, clock: own });
    assert.deepEqual([tried.summary.outcome, tried.requests.length], ["done", 4]);
    assert.ok(own.now() - began >= 600_000);
  });

  it("goes on in a folder that is kept", async () => {
    await using folder = await temporaryFolder();
    const options = { server, folder: folder.path };
    await using first = await tryDataset(tiny("https://example.org"), { ...options, clock: clock() });
    assert.equal(first.requests.length, 4);
    await using second = await tryDataset(tiny("https://example.org"), { ...options, clock: clock() });
    assert.equal(second.requests.length, 0);
    assert.equal(second.records.length, 28);
    assert.equal(second.summary.outcome, "nothing to do");
    await rm(folder.path, { recursive: true, force: true });
  });
});
