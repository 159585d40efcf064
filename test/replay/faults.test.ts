import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import nodeFetch from "node-fetch";
import { badGateway, noContent, redirect } from "../../runtime/replay/faults.ts";
import { type ReplayServer, startReplay } from "../../runtime/replay/server.ts";

const BODY = JSON.stringify([{ day: "2024-01-01" }]);

describe("faults of a replay server", () => {
  let server: ReplayServer;
  beforeEach(async () => {
    server = await startReplay(() => ({ status: 200, body: BODY }));
  });
  afterEach(() => server.close());

  it("promise more bytes than come", async () => {
    server.fail(1, { kind: "contentLength", by: 10 });
    const response = await fetch(server.url);
    assert.equal(response.headers.get("content-length"), String(BODY.length + 10));
    await assert.rejects(response.text(), TypeError);
    assert.equal(await (await fetch(server.url)).text(), BODY);
  });

  it("promise fewer bytes than come", async () => {
    server.fail(1, { kind: "contentLength", by: -5 });
    const text = await nodeFetch(server.url).then(
      (response) => response.text(),
      () => "no answer",
    );
    assert.notEqual(text, BODY);
  });

  it("compress a body, saying so or not", async () => {
    server.fail(1, { kind: "gzip" });
    const silent = await fetch(server.url);
    assert.equal(silent.headers.get("content-encoding"), null);
    assert.equal(gunzipSync(await silent.arrayBuffer()).toString(), BODY);
    server.fail(2, { kind: "gzip", header: true });
    const honest = await fetch(server.url);
    assert.equal(honest.headers.get("content-encoding"), "gzip");
    assert.equal(await honest.text(), BODY);
  });

  it("lead elsewhere, say nothing, or speak HTML", async () => {
    server.fail(1, redirect("/other", 307));
    server.fail(2, noContent);
    server.fail(3, badGateway);
    const [moved, empty, broken] = [
      await fetch(server.url, { redirect: "manual" }),
      await fetch(server.url),
      await fetch(server.url),
    ];
    assert.deepEqual([moved.status, moved.headers.get("location")], [307, "/other"]);
    assert.deepEqual([empty.status, await empty.text()], [204, ""]);
    assert.deepEqual([broken.status, broken.headers.get("content-type")], [502, "text/html"]);
    assert.match(await broken.text(), /^<html>/);
  });

  it("can be picked by the body of a request, and the log keeps it", async () => {
    server.fail(({ body }) => body.includes("second"), badGateway);
    const post = (body: string) => fetch(server.url, { method: "POST", body });
    assert.equal((await post('{"page":"first"}')).status, 200);
    assert.equal((await post('{"page":"second"}')).status, 502);
    assert.deepEqual(
      server.requests.map(({ method, body, fault }) => [method, body, fault]),
      [
        ["POST", '{"page":"first"}', undefined],
        ["POST", '{"page":"second"}', "answer"],
      ],
    );
  });

  it("come from a handler that takes its time", async () => {
    await using slow = await startReplay(async ({ body }) => ({ status: 200, body: body.toUpperCase() }));
    assert.equal(await (await fetch(slow.url, { method: "POST", body: "loud" })).text(), "LOUD");
  });
});
