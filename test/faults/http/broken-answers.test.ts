import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { badGateway, type Fault, JumpingClock, noContent, type ReplayServer } from "../../../runtime/replay/index.ts";
import { assertWhole, bringIn, coveredOf, NOW, problemOf, REQUESTS, recordsOf } from "../../support/bring-in.ts";
import { exchangesOf } from "../../support/extraction.ts";
import { clientOf } from "../../support/http.ts";
import { startTiny, tinyRows } from "../../support/tiny.ts";

const answer = (status: number, body: string | Uint8Array, headers: Record<string, string> = {}): Fault => ({
  kind: "answer",
  answer: { status, body, headers },
});

const half = gzipSync(JSON.stringify([{ date: "2024-01-01", price: 1 }])).subarray(0, 30);

describe("faults of HTTP: answers that are none", () => {
  let server: ReplayServer;
  beforeEach(async () => {
    server = await startTiny();
  });
  afterEach(() => server.close());

  for (const [name, fault] of [
    ["6) a 503", answer(503, "busy")],
    ["6) a 502 with a page of HTML", badGateway],
    ["6) a page of HTML under status 200", answer(200, "<html><body>maintenance</body></html>")],
    ["7) a connection that is reset before the answer", { kind: "reset" }],
    ["7) a connection that ends in the middle of the body", { kind: "truncate" }],
    ["7) a content length that promises more", { kind: "contentLength", by: 5 }],
    ["7) a content length that promises less", { kind: "contentLength", by: -5 }],
    ["7) a truncated gzip", answer(200, half, { "content-encoding": "gzip" })],
    ["7) a truncated gzip that does not say what it is", answer(200, half)],
    ["10) an empty body under status 200", answer(200, "")],
  ] as const)
    it(`${name} is asked again and leaves no trace in the lake`, async () => {
      server.fail(2, fault);
      await using tried = await bringIn(server);
      assertWhole(tried);
      assert.equal(tried.requests.length, REQUESTS + 1);
      assert.equal((await exchangesOf(tried.store)).length, REQUESTS);
    });

  it("6) a source that stays away fails its partition after a few attempts, covers nothing, and leaves the other alone", async () => {
    server.fail(({ path }) => path.endsWith("/A"), badGateway);
    await using tried = await bringIn(server);
    assert.match(problemOf(tried), /answered 502/);
    assert.deepEqual(coveredOf(tried, "A"), []);
    assert.equal(recordsOf(tried).length, 20);
    assert.equal(tried.requests.filter(({ path }) => path.endsWith("/A")).length, 5);
  });

  it("8) an answer that drips is read to its end, however long it takes; one that falls silent is given up", async () => {
    using client = clientOf(server.url, {}, { idleTimeout: 150 });
    const query = { from: "2024-01-01", to: "2024-01-10" };
    server.fail(1, { kind: "drip", bytes: 20, everyMs: 30 });
    const begun = performance.now();
    const { answer } = await client.ask({ path: ["prices", "A"], query });
    assert.equal(answer.bytes, Buffer.byteLength(tinyRows({ query: new URLSearchParams(query) })));
    assert.ok(performance.now() - begun > 300, "longer than the silence that is borne");
    server.fail(2, { kind: "drip", bytes: 20, everyMs: 10_000 });
    await assert.rejects(client.ask({ path: ["prices", "A"], query }), /sent nothing for 0\.15 seconds/);
  });

  it("10) a 204 says that there is nothing: the window is covered, and nobody asks again", async () => {
    server.fail(({ path }) => path.endsWith("/A"), noContent);
    await using tried = await bringIn(server);
    assert.equal(tried.summary.outcome, "done");
    assert.deepEqual(coveredOf(tried, "A"), ["2024-01-01/2024-01-21"]);
    assert.equal(recordsOf(tried).length, 20);
    assert.equal(tried.requests.length, REQUESTS);
  });

  for (const header of [true, false])
    it(`19) gzip ${header ? "with" : "without"} a header that says so is read`, async () => {
      server.fail(() => true, { kind: "gzip", header });
      await using tried = await bringIn(server, {}, { clock: new JumpingClock(NOW) });
      assertWhole(tried);
      assert.equal(tried.requests.length, REQUESTS);
    });
});
