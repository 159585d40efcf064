import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { type ReplayServer, startReplay } from "../../runtime/replay/server.ts";

const BODY = JSON.stringify({ rows: "x".repeat(2_000) });

describe("replay server kit", () => {
  let now = 5_000;
  let server: ReplayServer;
  const get = (path = "/a"): Promise<Response> => fetch(`${server.url}${path}`);

  beforeEach(async () => {
    now = 5_000;
    server = await startReplay(() => ({ status: 200, body: BODY }), { now: () => now }, { "x-every": "answer" });
  });
  afterEach(() => server.close());

  it("answers on the loopback interface with headers and length", async () => {
    const response = await get();
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(response.headers.get("content-type"), "application/json");
    assert.equal(response.headers.get("content-length"), String(BODY.length));
    assert.equal(response.headers.get("x-every"), "answer");
    assert.equal(await response.text(), BODY);
  });

  it("logs every request with time, query and status", async () => {
    await (await get("/a/b?from=1&to=2")).text();
    now = 6_000;
    server.fail(2, { kind: "answer", answer: { status: 503, body: "" } });
    await (await get("/c")).text();
    assert.deepEqual(
      server.requests.map(({ nth, at, method, path, query, status, fault }) => [
        nth,
        at,
        method,
        path,
        query.toString(),
        status,
        fault,
      ]),
      [
        [1, 5_000, "GET", "/a/b", "from=1&to=2", 200, undefined],
        [2, 6_000, "GET", "/c", "", 503, "answer"],
      ],
    );
    assert.equal(server.answered(200), 1);
    assert.equal(server.answered(503), 1);
    assert.equal(server.answered(429), 0);
  });

  it("counts the most requests in flight", async () => {
    for (let times = 0; times < 3; times += 1) await (await get()).text();
    assert.equal(server.maxInFlight, 1);
    server.fail(() => true, { kind: "delay", ms: 40 });
    await Promise.all(["/1", "/2", "/3", "/4"].map(async (path) => (await get(path)).text()));
    assert.equal(server.maxInFlight, 4);
    await (await get()).text();
    assert.equal(server.maxInFlight, 4);
  });

  it("answers with a fault's status, headers and body, without asking for the true answer", async () => {
    let asked = 0;
    await using counting = await startReplay(() => {
      asked += 1;
      return { status: 200, body: "true" };
    });
    counting.fail(1, {
      kind: "answer",
      answer: { status: 503, headers: { "retry-after": "7", "content-type": "text/html" }, body: "<h1>busy</h1>" },
    });
    const response = await fetch(counting.url);
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("retry-after"), "7");
    assert.equal(response.headers.get("content-type"), "text/html");
    assert.equal(await response.text(), "<h1>busy</h1>");
    assert.equal(asked, 0);
    assert.equal(await (await fetch(counting.url)).text(), "true");
    assert.equal(asked, 1);
  });

  it("can carry an error in a 200", async () => {
    server.fail(1, { kind: "answer", answer: { status: 200, body: '{"detail":"no"}' } });
    const response = await get();
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '{"detail":"no"}');
  });

  it("truncates a body that promised more", async () => {
    server.fail(1, { kind: "truncate", keep: 100 });
    const response = await get();
    assert.equal(response.headers.get("content-length"), String(BODY.length));
    let received = 0;
    await assert.rejects(async () => {
      for await (const bytes of response.body ?? []) received += bytes.length;
    }, TypeError);
    assert.equal(received, 100);
    assert.equal(server.requests[0]?.status, 200);
  });

  it("resets a connection without an answer", async () => {
    server.fail(1, { kind: "reset" });
    await assert.rejects(get(), (error: Error) => (error.cause as NodeJS.ErrnoException).code === "ECONNRESET");
    assert.equal(server.requests[0]?.status, undefined);
    assert.equal((await get()).status, 200);
  });

  it("drips a body in pieces", async () => {
    server.fail(1, { kind: "drip", bytes: 500, everyMs: 30 });
    const began = performance.now();
    const pieces: number[] = [];
    for await (const bytes of (await get()).body ?? []) pieces.push(bytes.length);
    assert.deepEqual(pieces, [500, 500, 500, 500, BODY.length - 2_000]);
    assert.ok(performance.now() - began >= 100);
  });

  it("delays an answer", async () => {
    server.fail(1, { kind: "delay", ms: 60 });
    const began = performance.now();
    assert.equal(await (await get()).text(), BODY);
    assert.ok(performance.now() - began >= 55);
  });

  it("fails what a predicate picks, as often as told, until it is ended", async () => {
    const busy = { kind: "answer", answer: { status: 503, body: "" } } as const;
    server.fail((request) => request.path === "/b", busy, 2);
    const statuses = async (...paths: string[]): Promise<number[]> => {
      const seen: number[] = [];
      for (const path of paths) seen.push((await get(path)).status);
      return seen;
    };
    assert.deepEqual(await statuses("/a", "/b", "/b", "/b", "/a"), [200, 503, 503, 200, 200]);
    const end = server.fail(() => true, busy);
    assert.deepEqual(await statuses("/a", "/b", "/c"), [503, 503, 503]);
    end();
    assert.deepEqual(await statuses("/a"), [200]);
  });

  it("waits before each answer when it has a latency", async () => {
    await using slow = await startReplay(() => ({ status: 200, body: "" }), { latencyMs: 50 });
    const began = performance.now();
    await fetch(slow.url);
    assert.ok(performance.now() - began >= 45);
  });

  it("ends connections in the middle of an answer when it closes", async () => {
    server.fail(1, { kind: "drip", bytes: 1, everyMs: 60_000 });
    server.fail(2, { kind: "delay", ms: 60_000 });
    const dripping = await get();
    const delayed = assert.rejects(get(), TypeError);
    while (server.requests.length < 2) await wait(5);
    const began = performance.now();
    await server.close();
    await assert.rejects(dripping.text(), TypeError);
    await delayed;
    assert.ok(performance.now() - began < 1_000);
    await assert.rejects(get(), TypeError);
  });

  it("does nothing any more after it has closed", async () => {
    let asked = 0;
    const counting = await startReplay(() => {
      asked += 1;
      return { status: 200, body: "" };
    });
    counting.fail(1, { kind: "delay", ms: 50 });
    const refused = assert.rejects(fetch(counting.url), TypeError);
    while (counting.requests.length < 1) await wait(5);
    await counting.close();
    await counting.close();
    await refused;
    await wait(70);
    assert.equal(asked, 0);
  });

  it("takes the port that it is given", async () => {
    const port = Number(new URL(server.url).port);
    await server.close();
    await using again = await startReplay(() => ({ status: 200, body: "" }), { port });
    assert.equal(again.url, `http://127.0.0.1:${port}`);
    await assert.rejects(
      startReplay(() => ({ status: 200, body: "" }), { port }),
      { code: "EADDRINUSE" },
    );
  });
});
