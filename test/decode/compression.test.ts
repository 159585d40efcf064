import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { csvBody, type Format, jsonBody, jsonLines } from "../../runtime/dataset/format.ts";
import { BodyError, decodeRows, decodeSmall, fitsSmall, headText, scan } from "../../runtime/decode/index.ts";
import { bytes, pieces, rowsOf } from "../support/bodies.ts";
import { temporaryFolder } from "../support/folder.ts";

const kinds = [
  ["gzip", gzipSync],
  ["zstd", zstdCompressSync],
] as const;

const rows = Array.from({ length: 200 }, (_, index) => ({ index, text: "é".repeat(index % 9) }));
const json = bytes(JSON.stringify(rows));

describe("a compressed body", () => {
  for (const [name, compress] of kinds) {
    it(`is recognised by itself as ${name}: at once, in pieces and twice`, async () => {
      assert.deepEqual(decodeSmall(compress(json), jsonBody()), rows);
      assert.deepEqual(decodeSmall(compress(compress(json)), jsonBody()), rows);
      for (const size of [1, 2, 3, 1000])
        assert.deepEqual(await rowsOf(pieces(compress(compress(json)), size), jsonBody()), rows);
    });

    it(`is broken when ${name} ends too early, wherever`, async () => {
      const whole = compress(json);
      for (let end = 4; end < whole.length; end += 23) {
        const part = whole.subarray(0, end);
        await assert.rejects(
          rowsOf(pieces(part, 50), jsonBody()),
          (error) => error instanceof BodyError && error.broken,
        );
        assert.throws(
          () => decodeSmall(part, jsonBody()),
          (error) => error instanceof BodyError && error.broken,
        );
      }
    });
  }

  it("is broken when a byte of it is wrong", () => {
    const whole = gzipSync(json);
    whole[whole.length - 6] = (whole[whole.length - 6] ?? 0) ^ 1;
    assert.throws(() => decodeSmall(whole, jsonBody()), /damaged or ends too early \(incorrect data check\)/);
  });

  it("gives back any rows in any format", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ a: fc.string(), b: fc.integer().map(String) }, { noNullPrototype: true })),
        fc.constantFrom(...kinds),
        fc.integer({ min: 1, max: 100 }),
        async (list, [, compress], size) => {
          const text = list.map((row) => JSON.stringify(row)).join("\n");
          assert.deepEqual(await rowsOf(pieces(compress(bytes(text)), size), jsonLines()), list);
        },
      ),
    ));

  it("that unpacks to far more than it is, is not read on", async () => {
    const bomb = gzipSync(Buffer.alloc(150 * 1024 * 1024, `${" ".repeat(999)}\n`), { level: 9 });
    const refused = (error: unknown): boolean =>
      error instanceof BodyError && !error.broken && /more than 200 times its size/.test(error.message);
    await assert.rejects(scan(pieces(bomb, 65536), jsonLines()), refused);
    assert.throws(() => decodeSmall(bomb, jsonLines()), refused);
  });

  it("is not read past the layers that servers make by mistake", () =>
    assert.throws(() => decodeSmall(gzipSync(gzipSync(gzipSync(json))), jsonBody()), BodyError));
});

describe("which bodies are small", () => {
  for (const [name, body, format, small] of [
    ["a short one", json, jsonBody(), true],
    ["a long one", Buffer.alloc(1024 * 1024 + 1), jsonBody(), false],
    ["a packed one of some length, which may unpack to much", packedOf(70_000), jsonBody(), false],
    ["a file", { path: "x", bytes: 1 }, jsonBody(), false],
    ["a ZIP", json, { kind: "zip", of: csvBody() } satisfies Format, false],
  ] as const)
    it(`${name} is ${small ? "" : "not "}small`, () => assert.equal(fitsSmall(body, format), small));
});

function packedOf(length: number): Uint8Array {
  return Buffer.concat([Uint8Array.of(0x1f, 0x8b, 0x08), Buffer.alloc(length)]);
}

describe("the head of a body", () => {
  it("is its first text, unpacked", async () => {
    assert.equal(await headText(gzipSync(bytes("Exceeded the limit"))), "Exceeded the limit");
    assert.equal(await headText(bytes("x".repeat(100)), 10), "x".repeat(10));
  });

  it("is what can be read of one that is damaged, or no text", async () => {
    const part = gzipSync(bytes(JSON.stringify(rows))).subarray(0, 200);
    assert.match(await headText(part), /^\[\{"index":0/);
    assert.equal(await headText(Uint8Array.of(0x61, 0xff)), "a\uFFFD");
    assert.equal(await headText(new Uint8Array()), "");
  });

  it("does not read a file to its end", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "body");
    await writeFile(path, gzipSync(Buffer.alloc(50_000_000, "head ")));
    const before = process.memoryUsage().rss;
    assert.equal((await headText({ path, bytes: 0 }, 9)).slice(0, 9), "head head");
    assert.ok(process.memoryUsage().rss - before < 40_000_000);
  });
});

describe("a body in a file", () => {
  it("is read as one in memory; what the system says stays what it is", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "body.json");
    await writeFile(path, json);
    assert.deepEqual(await rowsOf({ path, bytes: json.length }, jsonBody()), rows);
    assert.deepEqual(await rowsOf(createReadStream(path, { highWaterMark: 100 }), jsonBody()), rows);
    await assert.rejects(rowsOf({ path: join(folder.path, "none"), bytes: 1 }, jsonBody()), { code: "ENOENT" });
  });

  it("can be left before its end", async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield bytes(`${JSON.stringify({ a: "x".repeat(10_000) })}\n`);
      } finally {
        read = -1;
      }
    }
    for await (const list of decodeRows(endless(), jsonLines())) {
      read += list.length;
      if (read > 10) break;
    }
    assert.equal(read, -1, "the source was told to stop");
  });
});
