import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import sharadarTickers from "../../datasets/sharadar-tickers.ts";
import { at, exportJob, nextLink } from "../../runtime/dataset/index.ts";
import { JumpingClock, tryDataset } from "../../runtime/replay/index.ts";
import { recordingsOfLake } from "../../runtime/replay/lake.ts";
import { playback } from "../../runtime/replay/playback.ts";
import { startReplay } from "../../runtime/replay/server.ts";
import { writeJson } from "../../runtime/store/documents.ts";
import type { Exchange } from "../../runtime/store/exchange.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { exchangeKey, rawBodyKey, rawFolder } from "../../runtime/store/layout.ts";
import { useFolder } from "../support/folder.ts";
import { replayNasdaqKey, startNasdaq } from "../support/replay/nasdaq.ts";
import { tiny } from "../support/tiny.ts";

const ORIGIN = "https://api.example.org";

describe("a lake's raw as a source", () => {
  let store: FolderStore;
  useFolder((path) => {
    store = new FolderStore(path);
  });

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

  it("answers with the newest that said where an export's file is, and leads to itself for it", async () => {
    const about = { method: "GET", url: `${ORIGIN}/export?of=A&api_key=[redacted]`, headers: {} };
    const csv = `date,price\n2024-01-01,1 see ${ORIGIN} and https://files.example.org\n`;
    for (const [name, link] of [
      ["1", "https://files.example.org/old.csv"],
      ["2", "https:\\/\\/files.example.org\\/new.csv?signature=x"],
    ] as const)
      await keep(name, link.replaceAll("\\", ""), csv, {
        request: { method: "GET", url: link.replaceAll("\\", ""), headers: {} },
        via: { request: about, response: { status: 202, body: `{"link":"${link}","other":"${ORIGIN}/x"}` } },
        body: { key: `raw/tiny/A/${name}.csv`, bytes: 1, sha256: "" },
      });
    const dataset = tiny(ORIGIN, { source: { pages: exportJob({ link: (body) => String(at(body, "link")) }) } });
    await using server = await startReplay(playback((await recordingsOfLake(dataset, store)).recordings));
    const said = await fetch(`${server.url}/export?api_key=mine&of=A`);
    assert.equal(said.status, 202);
    const { link, other } = (await said.json()) as { link: string; other: string };
    assert.deepEqual([link, other], [`${server.url}/new.csv?signature=x`, `${ORIGIN}/x`]);
    assert.equal(await (await fetch(link)).text(), csv);
    assert.equal(await (await fetch(`${server.url}/old.csv`)).text(), csv);
  });

  it("brings in a recorded export again, without the source", async () => {
    await using source = await startNasdaq({ polls: 1 });
    const clock = () => new JumpingClock(Date.parse("2026-01-05T10:00:00Z"));
    const secrets = { NASDAQ_DATA_LINK_API_KEY: replayNasdaqKey };
    await using first = await tryDataset(sharadarTickers, { server: source, secrets, clock: clock() });
    assert.deepEqual(first.summary.errors, []);
    const { recordings } = await recordingsOfLake(sharadarTickers, first.store);
    await source.close();
    await using replay = await startReplay(playback(recordings));
    const any = { NASDAQ_DATA_LINK_API_KEY: "any-key" };
    await using again = await tryDataset(sharadarTickers, { server: replay, secrets: any, clock: clock() });
    assert.deepEqual(again.summary.errors, []);
    assert.deepEqual(again.records, first.records);
    assert(again.records.length > 0);
    assert.equal(replay.answered(200), 2);
  });

  it("is empty for a dataset without raw", async () => {
    assert.deepEqual(await recordingsOfLake(tiny(ORIGIN), store), { recordings: [], through: undefined });
  });
});
