import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { nextLink } from "../../runtime/dataset/index.ts";
import { recordingsOfLake } from "../../runtime/replay/lake.ts";
import { playback } from "../../runtime/replay/playback.ts";
import { startReplay } from "../../runtime/replay/server.ts";
import { writeJson } from "../../runtime/store/documents.ts";
import type { Exchange } from "../../runtime/store/exchange.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { exchangeKey, rawBodyKey, rawFolder } from "../../runtime/store/layout.ts";
import { temporaryFolder } from "../support/folder.ts";
import { tiny } from "../support/tiny.ts";

const ORIGIN = "https://api.example.org";

describe("a lake's raw as a source", () => {
  let folder: { path: string } & AsyncDisposable;
  let store: FolderStore;
  beforeEach(async () => {
    folder = await temporaryFolder();
    store = new FolderStore(folder.path);
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  async function keep(
    name: string,
    url: string,
    body: string | Uint8Array,
    more: Partial<Exchange> = {},
  ): Promise<void> {
    const key = more.body?.key ?? rawBodyKey(rawFolder("tiny", "A"), name, "json");
    const exchange: Exchange = {
      version: 1,
      dataset: "tiny",
      partition: "A",
      window: { start: "2024-01-01T00:00:00Z", end: "2024-01-11T00:00:00Z" },
      run: "r",
      at: `2024-02-01T00:00:0${name}Z`,
      request: { method: "GET", url, headers: {} },
      verdict: "data",
      response: { status: 200, headers: { "content-type": "application/json" } },
      ...more,
      body: { key, bytes: 1, sha256: "" },
    };
    await store.put(key, typeof body === "string" ? new TextEncoder().encode(body) : body);
    await writeJson(store, exchangeKey("tiny", exchange.partition, name), exchange);
  }

  it("gives the newest answer to a request, whatever its key was, and says how far it goes", async () => {
    await keep("1", `${ORIGIN}/v1/prices/A?from=2024-01-01&apikey=%5Bredacted%5D`, "[1]");
    await keep("2", `${ORIGIN}/v1/prices/A?from=2024-01-01&apikey=%5Bredacted%5D`, "[2]");
    await keep("3", `${ORIGIN}/v1/prices/A?from=2024-01-11`, "[3]", {
      window: { start: "2024-01-11T00:00:00Z", end: "2024-01-15T00:00:00Z" },
    });
    const { recordings, through } = await recordingsOfLake(tiny(`${ORIGIN}/v1`), store);
    assert.equal(through, "2024-01-14");
    assert.equal(recordings.length, 2);
    await using server = await startReplay(playback(recordings));
    const text = async (path: string): Promise<string> => (await fetch(`${server.url}${path}`)).text();
    assert.equal(await text("/v1/prices/A?apikey=mine&from=2024-01-01"), "[2]");
    assert.equal(await text("/v1/prices/A?from=2024-01-11"), "[3]");
    assert.equal((await fetch(`${server.url}/v1/prices/A?from=2024-01-12`)).status, 404);
  });

  it("tells answers to the bodies of POST requests apart", async () => {
    for (const [name, body] of [
      ["1", '{"page":1}'],
      ["2", '{"page":2}'],
    ] as const)
      await keep(name, `${ORIGIN}/graphql`, `[${name}]`, {
        request: { method: "POST", url: `${ORIGIN}/graphql`, headers: {}, body },
      });
    const { recordings } = await recordingsOfLake(tiny(ORIGIN), store);
    await using server = await startReplay(playback(recordings));
    const post = async (body: string): Promise<string> =>
      (await fetch(`${server.url}/graphql`, { method: "POST", body })).text();
    assert.deepEqual([await post('{"page":2}'), await post('{"page":1}')], ["[2]", "[1]"]);
  });

  it("leads links to itself, where the dataset follows them, and leaves any other body as it was", async () => {
    const body = `{"rows":[],"next":"${ORIGIN}/prices/A?page=2"}`;
    const response = { status: 200, headers: { link: `<${ORIGIN}/prices/A?page=2>; rel="next"` } };
    await keep("1", `${ORIGIN}/prices/A`, body, { response });
    const linked = tiny(ORIGIN, { source: { pages: nextLink({ body: "next" }) } });
    for (const [dataset, leads] of [
      [linked, true],
      [tiny(ORIGIN), false],
    ] as const) {
      await using server = await startReplay(playback((await recordingsOfLake(dataset, store)).recordings));
      const answer = await fetch(`${server.url}/prices/A`);
      assert.equal(answer.headers.get("link"), `<${server.url}/prices/A?page=2>; rel="next"`);
      assert.equal(await answer.text(), leads ? body.replace(ORIGIN, server.url) : body);
    }
  });

  it("gives compressed bodies as they were kept, and one body for all of a batch", async () => {
    const packed = gzipSync("[1]");
    const key = "raw/tiny/+/1.json.gz";
    for (const partition of ["A", "B"])
      await keep("1", `${ORIGIN}/prices?symbols=A,B`, packed, { partition, body: { key, bytes: 1, sha256: "" } });
    const { recordings } = await recordingsOfLake(tiny(ORIGIN), store);
    assert.equal(recordings.length, 1);
    await using server = await startReplay(playback(recordings));
    const bytes = await (await fetch(`${server.url}/prices?symbols=A,B`)).arrayBuffer();
    assert.deepEqual(Buffer.from(bytes), packed);
  });

  it("is empty for a dataset without raw", async () => {
    assert.deepEqual(await recordingsOfLake(tiny(ORIGIN), store), { recordings: [], through: undefined });
  });
});
