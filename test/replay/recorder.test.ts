import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Fixture, recordingsIn } from "../../runtime/replay/fixtures.ts";
import { playback } from "../../runtime/replay/playback.ts";
import { startRecorder } from "../../runtime/replay/recorder.ts";
import { type ReplayServer, startReplay } from "../../runtime/replay/server.ts";
import { useFolder } from "../support/folder.ts";

const SECRET = "s3cr3t/value";
const BINARY = Uint8Array.from([0, 255, 254, 1]);

describe("recording a real source", () => {
  let source: ReplayServer;
  const folder = useFolder();
  let calls: number;

  beforeEach(async () => {
    calls = 0;
    source = await startReplay(({ path, headers, body, query }) => {
      calls += 1;
      if (headers.authorization !== `Bearer ${SECRET}` && query.get("apiKey") !== SECRET)
        return { status: 401, body: `{"detail":"not ${headers.authorization}"}` };
      if (path === "/api/file") return { status: 200, headers: { "content-type": "application/zip" }, body: BINARY };
      const answer = { call: calls, body, echo: SECRET, page: query.get("page_token") };
      return {
        status: 200,
        headers: { link: '<https://x>; rel="next"', "set-cookie": "id=1" },
        body: JSON.stringify(answer),
      };
    });
  });
  afterEach(() => source.close());

  const record = () => startRecorder({ source: `${source.url}/api`, folder: folder.path, secrets: [SECRET] });
  const authorized = { headers: { authorization: `Bearer ${SECRET}` } };
  const files = async (): Promise<Fixture[]> =>
    Promise.all(
      (await readdir(folder.path))
        .sort()
        .map(async (name) => JSON.parse(await readFile(join(folder.path, name), "utf8"))),
    );

  it("gives the source's own answers, and keeps each exchange without its secrets", async () => {
    await using recorder = await record();
    const first = await fetch(`${recorder.url}/rows?page_token=p2&from=2024-01-01`, authorized);
    assert.deepEqual(await first.json(), { call: 1, body: "", echo: SECRET, page: "p2" });
    assert.equal(first.headers.get("link"), '<https://x>; rel="next"');
    const posted = await fetch(`${recorder.url}/rows?apiKey=${encodeURIComponent(SECRET)}`, {
      method: "POST",
      body: `{"token":"${SECRET}","form":"${encodeURIComponent(SECRET)}"}`,
    });
    assert.equal(posted.status, 200);

    assert.deepEqual(await readdir(folder.path), ["0001-GET-rows.json", "0002-POST-rows.json"]);
    const [get, post] = await files();
    assert.deepEqual(get?.request.query, [
      ["page_token", "p2"],
      ["from", "2024-01-01"],
    ]);
    assert.equal(get?.request.headers.authorization, "[redacted]");
    assert.equal(get?.response.headers["set-cookie"], "[redacted]");
    assert.deepEqual(JSON.parse(String(get?.response.body)), { call: 1, body: "", echo: "[redacted]", page: "p2" });
    assert.deepEqual(post?.request.query, [["apiKey", "[redacted]"]]);
    assert.equal(post?.request.body, '{"token":"[redacted]","form":"[redacted]"}');
    const everything = JSON.stringify(await files());
    assert.ok(!everything.includes(SECRET) && !everything.includes(encodeURIComponent(SECRET)));
  });

  it("plays back what it kept, errors and bytes included, whatever the secret is then", async () => {
    {
      await using recorder = await record();
      await fetch(`${recorder.url}/rows?from=1&to=2`, authorized);
      await fetch(`${recorder.url}/rows?from=1&to=2`, authorized);
      await fetch(`${recorder.url}/rows?apiKey=${encodeURIComponent(SECRET)}&from=3`);
      await fetch(`${recorder.url}/file`, authorized);
      await fetch(`${recorder.url}/none`);
    }
    await using again = await startReplay(playback(await recordingsIn(folder.path)));
    const json = async (path: string): Promise<unknown> => (await fetch(`${again.url}${path}`)).json();
    const call = async (path: string): Promise<unknown> => ((await json(path)) as { call: number }).call;
    assert.deepEqual([await call("/rows?to=2&from=1"), await call("/rows?from=1&to=2")], [1, 2]);
    assert.equal(await call("/rows?from=1&to=2"), 2, "the last answer stays");
    assert.equal(await call("/rows?from=3&apiKey=another"), 3);
    const file = await fetch(`${again.url}/file`);
    assert.equal(file.headers.get("content-type"), "application/zip");
    assert.deepEqual(new Uint8Array(await file.arrayBuffer()), BINARY);
    assert.equal((await fetch(`${again.url}/none`)).status, 401);
    assert.equal(calls, 5);
  });

  it("says what it knows when it is asked for something else", async () => {
    {
      await using recorder = await record();
      await fetch(`${recorder.url}/rows?from=1`, authorized);
    }
    await using again = await startReplay(playback(await recordingsIn(folder.path)));
    const here = await fetch(`${again.url}/rows?from=2`);
    assert.equal(here.status, 404);
    assert.deepEqual(await here.json(), {
      error: "not recorded",
      asked: "GET /rows?from=2",
      known: ["GET /rows?from=1"],
      recordings: 1,
    });
    const elsewhere = await fetch(`${again.url}/other`, { method: "POST", body: "{}" });
    assert.deepEqual(await elsewhere.json(), {
      error: "not recorded",
      asked: "POST /other {}",
      known: ["GET /rows"],
      recordings: 1,
    });
  });

  it("numbers on in a folder that has recordings", async () => {
    for (const path of ["/one", "/two"]) {
      await using recorder = await record();
      await fetch(`${recorder.url}${path}`, authorized);
    }
    assert.deepEqual(await readdir(folder.path), ["0001-GET-one.json", "0002-GET-two.json"]);
  });

  it("tells the words of a name apart, so that a keyword is no key", async () => {
    await using recorder = await record();
    await fetch(`${recorder.url}/rows?keyword=gold&author=me&accessToken=x&monkey=1`, authorized);
    const [{ request } = { request: undefined }] = await files();
    assert.deepEqual(request?.query, [
      ["keyword", "gold"],
      ["author", "me"],
      ["accessToken", "[redacted]"],
      ["monkey", "1"],
    ]);
  });
});
