import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { csvBody, jsonBody, jsonLines, zipOf } from "../../runtime/dataset/format.ts";
import { BodyError, decodeSmall } from "../../runtime/decode/index.ts";
import { bytes, pieces, rowsOf } from "../support/bodies.ts";
import { temporaryFolder } from "../support/folder.ts";
import { zip } from "../support/zip.ts";

const csv = { name: "SHARADAR_SEP.csv", content: bytes("ticker,close\nAAPL,1.5\nIBM,2\n") };
const expected = [
  { ticker: "AAPL", close: "1.5" },
  { ticker: "IBM", close: "2" },
];
const archive = zip(csv);

const refused = (body: Uint8Array, broken: boolean, message: RegExp): Promise<void> =>
  assert.rejects(rowsOf(body, zipOf(csvBody())), (error: unknown) => {
    assert.ok(error instanceof BodyError, String(error));
    assert.match(error.message, message);
    assert.equal(error.broken, broken);
    return true;
  });

describe("a ZIP archive", () => {
  it("is read from memory, from a file and as it comes, leaving nothing behind", async () => {
    await using folder = await temporaryFolder();
    const left = async (): Promise<string[]> =>
      (await readdir(tmpdir())).filter((name) => name.startsWith("tidegate-zip-"));
    const before = await left();
    const path = join(folder.path, "body.zip");
    await writeFile(path, archive);
    for (const body of [archive, { path, bytes: archive.length }, pieces(archive, 10)])
      assert.deepEqual(await rowsOf(body, zipOf(csvBody())), expected);
    assert.deepEqual(await left(), before);
  });

  it("may hold a compressed file, folders, and another archive", async () => {
    const packed = { name: "rows.json.gz", content: gzipSync(bytes("[1,2]")) };
    const folder = { name: "data/", content: new Uint8Array() };
    assert.deepEqual(await rowsOf(zip(folder, packed), zipOf(jsonBody())), [1, 2]);
    assert.deepEqual(await rowsOf(zip({ name: "a.zip", content: archive }), zipOf(zipOf(csvBody()))), expected);
  });

  it("is refused with the names when it has several files", async () => {
    await refused(zip(csv, { ...csv, name: "README" }), false, /more than one file: SHARADAR_SEP\.csv, README$/);
    const many = Array.from({ length: 9 }, (_, index) => ({ ...csv, name: `${index}` }));
    await refused(zip(...many), false, /more than one file: 0, 1, 2, 3, 4, …$/);
  });

  it("is refused when it has no file, or an encrypted one", async () => {
    await refused(zip(), false, /has no file/);
    await refused(zip({ ...csv, encrypted: true }), false, /SHARADAR_SEP\.csv in the ZIP archive is encrypted/);
  });

  it("is broken when it ends too early, is no archive, or its sum is wrong", async () => {
    for (const end of [0, 5, 30, archive.length - 1])
      await refused(archive.subarray(0, end), true, /damaged or ends too early/);
    await refused(bytes("<html>Bad Gateway</html>".repeat(9)), true, /damaged or ends too early/);
    await refused(zip({ ...csv, says: { crc: 1 } }), true, /SHARADAR_SEP\.csv in the ZIP archive is damaged/);
    await refused(zip({ ...csv, says: { size: 10 } }), true, /damaged or ends too early/);
  });

  it("that cannot be opened is what the system says, and not broken", async () => {
    await using folder = await temporaryFolder();
    const missing = { path: join(folder.path, "none.zip"), bytes: 1 };
    await assert.rejects(rowsOf(missing, zipOf(csvBody())), { code: "ENOENT" });
  });

  it("that unpacks to far more than it is, is not read", () =>
    assert.rejects(
      rowsOf(zip({ name: "bomb", content: Buffer.alloc(100 * 1024 * 1024) }), zipOf(jsonLines())),
      /more than 200 times its size/,
    ));

  it("is not read at once, whatever its size", () =>
    assert.throws(() => decodeSmall(archive, zipOf(csvBody())), TypeError));
});
