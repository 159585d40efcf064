import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { oauth2 } from "../../runtime/dataset/auth.ts";
import { systemClock } from "../../runtime/dataset/clock.ts";
import type { HttpClientOptions } from "../../runtime/extract/client.ts";
import { Refused } from "../../runtime/extract/failure.ts";
import { nodeFetch } from "../../runtime/extract/request.ts";
import { clientOf, ok, type RawServer, startServer, type TestClient } from "../support/http.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { type Rotation, type RotationOptions, startRotation } from "../support/rotation.ts";

describe("refresh tokens that a source renews", () => {
  let store: MemoryStore;
  let data: RawServer;
  let tokens: Rotation;

  beforeEach(async () => {
    store = new MemoryStore();
    data = await startServer(ok());
  });
  afterEach(async () => {
    await data[Symbol.asyncDispose]();
    await tokens[Symbol.asyncDispose]();
  });

  async function rotating(options: Partial<RotationOptions> = {}): Promise<void> {
    tokens = await startRotation({ first: "REFRESH-value", ...options });
  }

  /** As another process has it. */
  const worker = (options: Partial<HttpClientOptions> = {}): TestClient => {
    const auth = oauth2({
      tokenUrl: `${tokens.url}/token`,
      clientId: "ID",
      clientSecret: "SECRET",
      refreshToken: "REFRESH",
    });
    return clientOf(data.url, { auth }, { store, ...options });
  };

  async function askOnce(options: Partial<HttpClientOptions> = {}): Promise<void> {
    using client = worker(options);
    await client.ask();
  }

  const kept = () => {
    const [[key, body] = ["", undefined], ...more] = store.objects;
    assert.equal(more.length, 0);
    return { key, document: JSON.parse(new TextDecoder().decode(body)) };
  };

  it("are kept for the next run, which begins with the newest", async () => {
    await rotating({ revokes: true });
    for (let run = 0; run < 3; run += 1) await askOnce();
    assert.deepEqual(tokens.sent, ["REFRESH-value", "refresh-1", "refresh-2"]);
    assert.deepEqual(
      data.got.map(({ headers }) => headers.authorization),
      ["Bearer access-1", "Bearer access-2", "Bearer access-3"],
    );
  });

  it("are stored before the access token that came with them is used", async () => {
    await rotating();
    using client = worker();
    store.afterPut = () => assert.equal(data.got.length, 0);
    await client.ask();
    assert.equal(store.puts.length, 1);
    assert.equal(data.got.length, 1);
  });

  it("lie below the name of the secret, sealed: neither they nor what they were made of can be read", async () => {
    await rotating();
    await askOnce();
    await askOnce();
    const { key, document } = kept();
    assert.match(key, /^state\/\.tokens\/REFRESH\/[0-9a-f]{32}\.json$/);
    assert.deepEqual(Object.keys(document).sort(), ["at", "rotations", "sealed", "version"]);
    assert.deepEqual([document.version, document.rotations], [1, 2]);
    const shown = `${key} ${JSON.stringify(document)} ${Buffer.from(document.sealed, "base64").toString("latin1")}`;
    assert.doesNotMatch(shown, /refresh-|access-|-value/);
  });

  for (const gives of ["none", "the same"] as const)
    it(`leave nothing behind when the source gives ${gives}`, async () => {
      await rotating({ gives });
      await askOnce();
      await askOnce();
      assert.deepEqual(tokens.sent, ["REFRESH-value", "REFRESH-value"]);
      assert.deepEqual(store.puts, []);
    });

  it("are shared: who is refused with one that somebody else has used meanwhile takes the newer one", async () => {
    await rotating({ slow: 20 });
    const clock = systemClock;
    await Promise.all(Array.from({ length: 4 }, () => askOnce({ clock })));
    assert.equal(data.got.length, 4);
    assert.equal(kept().document.rotations, 4);
    assert.equal(kept().document.turn, undefined);
    await askOnce();
    assert.equal(tokens.sent.at(-1), "refresh-4");
  });

  it("are waited for while somebody else, who was quicker, is about to store one", async () => {
    await rotating();
    const slow: HttpClientOptions["store"] = {
      get: (key) => store.get(key),
      async put(key, body, options) {
        await delay(300);
        return store.put(key, body, options);
      },
    };
    const first = askOnce({ clock: systemClock, store: slow });
    while (tokens.sent.length === 0) await delay(5);
    await Promise.all([first, askOnce({ clock: systemClock })]);
    assert.deepEqual(tokens.sent, ["REFRESH-value", "REFRESH-value", "refresh-1"]);
  });

  it("are used by one at a time once one is kept, for a source may take the second for a thief", async () => {
    await rotating({ revokes: true, slow: 20 });
    await askOnce();
    const clock = systemClock;
    await Promise.all(Array.from({ length: 4 }, () => askOnce({ clock })));
    assert.deepEqual(tokens.sent, ["REFRESH-value", "refresh-1", "refresh-2", "refresh-3", "refresh-4"]);
    assert.equal(data.got.length, 5);
  });

  it("wait for one that was killed while it asked, two minutes and no longer", async () => {
    await rotating();
    await askOnce();
    const { key, document } = kept();
    using client = worker();
    const turn = { holder: "somebody", until: new Date(client.clock.now() + 120_000).toISOString() };
    store.objects.set(key, new TextEncoder().encode(JSON.stringify({ ...document, turn })));
    const before = client.clock.now();
    await client.ask();
    assert.equal(client.clock.now() - before, 120_000);
    assert.equal(tokens.sent.at(-1), "refresh-1");
    assert.equal(kept().document.turn, undefined);
  });

  it("give the turn back when the token endpoint gives no answer", async () => {
    await rotating();
    await askOnce();
    using client = worker({ fetch: () => Promise.reject(new Error("no network")) });
    await assert.rejects(client.ask(), /gave no whole answer/);
    assert.equal(kept().document.turn, undefined);
    assert.equal(kept().document.rotations, 1);
  });

  it("do not wait for a turn of their own that could not be given back", async () => {
    await rotating();
    await askOnce();
    let down = true;
    using client = worker({
      fetch: (url, init) => (down ? Promise.reject(new Error("no network")) : nodeFetch(url, init)),
    });
    let puts = 0;
    store.beforePut = () => {
      puts += 1;
      if (puts === 2) throw new Error("no space left");
    };
    await assert.rejects(client.ask(), /gave no whole answer/);
    assert(kept().document.turn);
    down = false;
    const before = client.clock.now();
    await client.ask();
    assert.equal(client.clock.now(), before);
  });

  it("are not used any more when a person sets another one, but still with a new client secret", async () => {
    await rotating();
    await askOnce();
    await askOnce({ secret: (name) => (name === "SECRET" ? "another" : `${name}-value`) });
    tokens.accept("by-hand");
    const secret = (name: string): string => (name === "REFRESH" ? "by-hand" : `${name}-value`);
    await askOnce({ secret });
    await askOnce({ secret });
    assert.deepEqual(tokens.sent, ["REFRESH-value", "refresh-1", "by-hand", "refresh-3"]);
  });

  it("are not lost when the run is stopped while one is on its way", async () => {
    await rotating({ slow: 50 });
    using client = worker();
    const stop = new AbortController();
    const asked = client.ask({}, stop.signal);
    setTimeout(() => stop.abort(new Error("stopped")), 10);
    await assert.rejects(asked, /stopped/);
    assert.equal(data.got.length, 0);
    await askOnce();
    assert.deepEqual(tokens.sent, ["REFRESH-value", "refresh-1"]);
  });

  it("are remembered and stored later when the store fails", async () => {
    await rotating({ revokes: true });
    using client = worker();
    store.beforePut = () => {
      throw new Error("no space left");
    };
    await assert.rejects(client.ask(), /no space left/);
    assert.equal(data.got.length, 0);
    store.beforePut = () => {};
    await client.ask();
    await askOnce();
    assert.deepEqual(tokens.sent, ["REFRESH-value", "refresh-1", "refresh-2"]);
  });

  it("that are damaged are as if they were not there, and the refusal says so", async () => {
    await rotating();
    await askOnce();
    const { key, document } = kept();
    for (const text of ["{", "{}", JSON.stringify({ ...document, sealed: `AAAA${document.sealed.slice(4)}` })]) {
      store.objects.set(key, new TextEncoder().encode(text));
      using client = worker();
      await assert.rejects(client.ask(), (error: unknown) => {
        assert(error instanceof Refused && error.all);
        assert.match(error.message, /invalid_grant/);
        assert.match(
          error.message,
          /; state\/\.tokens\/REFRESH\/\w+\.json is damaged, so REFRESH was used as it is set$/,
        );
        return true;
      });
      assert.equal(tokens.sent.at(-1), "REFRESH-value");
    }
  });

  it("that are damaged are replaced when the source still takes the configured one", async () => {
    await rotating();
    await askOnce();
    store.objects.set(kept().key, new TextEncoder().encode("{"));
    tokens.accept("REFRESH-value");
    await askOnce();
    await askOnce();
    assert.deepEqual(tokens.sent, ["REFRESH-value", "REFRESH-value", "refresh-2"]);
  });

  it("show in no message, also when only the store has told them", async () => {
    await rotating();
    await askOnce();
    // Somebody uses it elsewhere.
    await fetch(`${tokens.url}/token`, { method: "POST", body: "refresh_token=refresh-1" });
    using client = worker();
    await assert.rejects(client.ask(), (error: Error) => {
      assert.match(error.message, /invalid_grant.*\[redacted\] is not good/);
      assert.doesNotMatch(error.message, /refresh-1/);
      return true;
    });
  });
});
