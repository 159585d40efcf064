import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pMap from "p-map";
import { readJson, updateJson, writeJson } from "../../runtime/store/documents.ts";
import { ConditionFailed, type LocalFile, type Store } from "../../runtime/store/store.ts";
import { temporaryFolder } from "../support/folder.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (object: { readonly body: Uint8Array } | undefined): string | undefined =>
  object && new TextDecoder().decode(object.body);

async function keys(store: Store, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) found.push(key);
  return found;
}

async function versionsOf(store: Store, prefix: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { key, version } of store.list(prefix)) found[key] = version;
  return found;
}

/** Digest and size of what is read piece by piece, and how large the largest piece was. */
async function digestOf(pieces: AsyncIterable<Uint8Array> | undefined) {
  const digest = createHash("sha256");
  let [bytes, largest] = [0, 0];
  for await (const piece of pieces ?? []) {
    digest.update(piece);
    bytes += piece.byteLength;
    largest = Math.max(largest, piece.byteLength);
  }
  return { sha256: digest.digest("hex"), bytes, largest };
}

/** A file too large to be written in one go. */
async function largeFile(folder: string, fill: number): Promise<LocalFile & { readonly sha256: string }> {
  const content = Buffer.alloc(21 * 1024 * 1024, `${fill}-content `);
  const path = join(folder, `large-${fill}`);
  await writeFile(path, content);
  return { path, bytes: content.byteLength, sha256: createHash("sha256").update(content).digest("hex") };
}

/** What every store promises. @param open the same empty place each time, as another worker would open it */
export function keepsItsPromises(open: () => Store): void {
  let part = 0;
  let folder: string;
  beforeEach(() => {
    part += 1;
    folder = `part-${part}/`;
  });

  it("gives back what was put, byte for byte", async () => {
    const body = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7 + (i >> 8)) % 256);
    const etag = await open().put(`${folder}a/b.bin`, body);
    const read = await open().get(`${folder}a/b.bin`);
    assert.deepEqual([Uint8Array.from(read?.body ?? []), read?.etag], [body, etag]);
  });

  it("keeps an empty object", async () => {
    await open().put(`${folder}empty`, new Uint8Array());
    assert.equal((await open().get(`${folder}empty`))?.body.byteLength, 0);
  });

  it("knows the size of an object, and that there is none", async () => {
    await open().put(`${folder}a/b.txt`, bytes("four"));
    const sizes = ["a/b.txt", "a/b", "a", "a/b.txt/c"].map((key) => open().size(`${folder}${key}`));
    assert.deepEqual(await Promise.all(sizes), [4, undefined, undefined, undefined]);
  });

  it("knows nothing of what was never put", async () => {
    await open().put(`${folder}a/b`, bytes("x"));
    for (const key of [`${folder}nothing`, `${folder}a/c`, `${folder}a`, `${folder}a/b/c`, "no/such/folder/x"])
      assert.equal(await open().get(key), undefined, key);
    assert.deepEqual(await keys(open(), `${folder}x/`), []);
    assert.deepEqual(await keys(open(), "no/such/folder/"), []);
  });

  it("replaces, and gives every content its own etag", async () => {
    const first = await open().put(`${folder}k`, bytes("one"));
    const second = await open().put(`${folder}k`, bytes("two"));
    assert.notEqual(first, second);
    assert.equal(text(await open().get(`${folder}k`)), "two");
  });

  it("lists more keys than one page holds, each once, in order, with their sizes", async () => {
    const names = Array.from({ length: 1_050 }, (_, i) => `${folder}${i % 3}/${String(i).padStart(4, "0")}`);
    await pMap(names, (name, i) => open().put(name, new Uint8Array(i % 5)), { concurrency: 64 });
    const found: { key: string; size: number }[] = [];
    for await (const { key, size } of open().list(folder)) found.push({ key, size });
    assert.deepEqual(
      found,
      names.map((key, i) => ({ key, size: i % 5 })).sort((a, b) => (a.key < b.key ? -1 : 1)),
    );
  });

  it("keeps folders apart whose names begin alike, and lists part of a name", async () => {
    for (const key of ["sharadar/a", "sharadar-foo/b", "sharadar/x/c", "sharad"])
      await open().put(folder + key, bytes("x"));
    assert.deepEqual(await keys(open(), `${folder}sharadar/`), [`${folder}sharadar/a`, `${folder}sharadar/x/c`]);
    assert.equal((await keys(open(), `${folder}sharadar`)).length, 3);
  });

  it("writes what must be new only when it is", async () => {
    const store = open();
    await store.put(`${folder}k`, bytes("one"), { condition: { absent: true } });
    for (const other of ["two", "one"])
      await assert.rejects(store.put(`${folder}k`, bytes(other), { condition: { absent: true } }), ConditionFailed);
    assert.equal(text(await store.get(`${folder}k`)), "one");
  });

  it("lets one of many win a new key", async () => {
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => open().put(`${folder}k`, bytes(String(i)), { condition: { absent: true } })),
    );
    const winners = tries.flatMap(({ status }, i) => (status === "fulfilled" ? [String(i)] : []));
    assert.equal(winners.length, 1);
    assert.equal(text(await open().get(`${folder}k`)), winners[0]);
  });

  it("replaces by etag only what still has it", async () => {
    const store = open();
    const first = await store.put(`${folder}k`, bytes("one"));
    const second = await store.put(`${folder}k`, bytes("two"), { condition: { etag: first } });
    for (const other of ["three", "two"])
      await assert.rejects(store.put(`${folder}k`, bytes(other), { condition: { etag: first } }), ConditionFailed);
    const now = await store.get(`${folder}k`);
    assert.deepEqual([text(now), now?.etag], ["two", second]);
    await assert.rejects(store.put(`${folder}none`, bytes("x"), { condition: { etag: first } }), ConditionFailed);
    assert.equal(await store.get(`${folder}none`), undefined);
  });

  it("loses no change when eight change one document", async () => {
    await Promise.all(
      Array.from({ length: 8 }, () =>
        updateJson<{ count: number }>(open(), `${folder}count.json`, (now) => ({ count: (now?.count ?? 0) + 1 })),
      ),
    );
    assert.deepEqual((await readJson(open(), `${folder}count.json`))?.value, { count: 8 });
  });

  it("stores JSON that people can read", async () => {
    await writeJson(open(), `${folder}doc.json`, { a: [1] });
    assert.equal(text(await open().get(`${folder}doc.json`)), '{\n  "a": [\n    1\n  ]\n}\n');
  });

  it("never shows half of an object", async () => {
    const bodies = [bytes("a".repeat(300_000)), bytes("b".repeat(200_000))];
    const store = open();
    await store.put(`${folder}k`, bodies[0] as Uint8Array);
    let writing = true;
    const writer = (async () => {
      for (let i = 0; i < 20; i += 1) await store.put(`${folder}k`, bodies[i % 2] as Uint8Array);
      writing = false;
    })();
    while (writing) {
      const seen = text(await open().get(`${folder}k`)) ?? "";
      assert(/^(a{300000}|b{200000})$/.test(seen), `${seen.length} bytes`);
    }
    await writer;
  });

  it("gives an object piece by piece", async () => {
    const body = Buffer.alloc(3_000_000, "0123456789abcde");
    await open().put(`${folder}k`, body);
    const { sha256, bytes: read, largest } = await digestOf(await open().read(`${folder}k`));
    assert.deepEqual([read, sha256], [body.byteLength, createHash("sha256").update(body).digest("hex")]);
    assert(largest <= 1024 * 1024, `${largest} bytes at once`);
    await open().put(`${folder}empty`, new Uint8Array());
    assert.equal((await digestOf(await open().read(`${folder}empty`))).bytes, 0);
    for (const key of ["none", "k/none"]) assert.equal(await open().read(folder + key), undefined, key);
  });

  it("takes a file, large or small, and leaves it where it is", async () => {
    await using place = await temporaryFolder();
    const large = await largeFile(place.path, 1);
    const small = { path: join(place.path, "small"), bytes: 5 };
    await writeFile(small.path, "small");
    const etags = [await open().put(`${folder}large`, large), await open().put(`${folder}small`, small)];
    assert.equal((await digestOf(await open().read(`${folder}large`))).sha256, large.sha256);
    assert.equal(text(await open().get(`${folder}small`)), "small");
    assert.deepEqual([(await open().get(`${folder}large`))?.etag, (await open().get(`${folder}small`))?.etag], etags);
    assert.equal((await readFile(large.path)).byteLength, large.bytes);
  });

  it("holds large objects to their conditions, too", async () => {
    await using place = await temporaryFolder();
    const [one, two] = [await largeFile(place.path, 1), await largeFile(place.path, 2)];
    const first = await open().put(`${folder}k`, one, { condition: { absent: true } });
    await assert.rejects(open().put(`${folder}k`, two, { condition: { absent: true } }), ConditionFailed);
    const second = await open().put(`${folder}k`, two, { condition: { etag: first } });
    await assert.rejects(open().put(`${folder}k`, one, { condition: { etag: first } }), ConditionFailed);
    assert.equal((await digestOf(await open().read(`${folder}k`))).sha256, two.sha256);
    await open().put(`${folder}k`, bytes("small again"), { condition: { etag: second } });
    assert.equal(text(await open().get(`${folder}k`)), "small again");
  });

  it("lists a new version after every change, and the same one as long as there is none", async () => {
    await open().put(`${folder}a`, bytes("one"));
    await open().put(`${folder}b`, bytes("one"));
    const before = await versionsOf(open(), folder);
    assert.deepEqual(await versionsOf(open(), folder), before);
    await open().put(`${folder}a`, bytes("two"));
    const after = await versionsOf(open(), folder);
    assert.notEqual(after[`${folder}a`], before[`${folder}a`]);
    assert.equal(after[`${folder}b`], before[`${folder}b`]);
  });

  it("removes, and does not mind when there is nothing to remove", async () => {
    await open().put(`${folder}a/b`, bytes("x"));
    for (const key of ["a/b", "a/b", "none", "no/such/folder"]) await open().remove(folder + key);
    assert.equal(await open().get(`${folder}a/b`), undefined);
    assert.deepEqual(await keys(open(), folder), []);
    await open().put(`${folder}a/b`, bytes("y"), { condition: { absent: true } });
    assert.equal(text(await open().get(`${folder}a/b`)), "y");
  });

  it("lends a file with the content", async () => {
    await open().put(`${folder}k`, bytes("content"));
    let lent = "";
    const result = await open().withFile(`${folder}k`, async (path) => {
      lent = path;
      return readFile(path, "utf8");
    });
    assert.equal(result, "content");
    const mine = open().location;
    if (!lent.startsWith(mine)) await assert.rejects(access(lent), { code: "ENOENT" });
    await assert.rejects(open().withFile(`${folder}none`, (path) => readFile(path)));
  });

  it("names the content of a file that it lends, for a write that depends on it", async () => {
    const key = `${folder}named`;
    const etag = await open().put(key, bytes("content"));
    const lent = await open().withFile(key, (_, etagOf) => etagOf());
    assert.equal(lent, etag);
    await open().put(key, bytes("other"), { condition: { etag: lent } });
    await assert.rejects(open().put(key, bytes("late"), { condition: { etag: lent } }), ConditionFailed);
  });

  for (const key of ["../x", "a/../../x", "a/../b", "/etc/x", "a//b", "a/./b", "", "a/", ".."])
    it(`refuses the key ${JSON.stringify(key)}`, async () => {
      await assert.rejects(open().put(key, bytes("x")), /leaves the store/);
      await assert.rejects(open().get(key), /leaves the store/);
      await assert.rejects(open().read(key), /leaves the store/);
      await assert.rejects(open().remove(key), /leaves the store/);
    });
}
