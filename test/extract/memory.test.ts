import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ok, startServer } from "../support/http.ts";
import type { Pulled } from "../support/pull.ts";

const MIB = 1024 * 1024;

describe("a body of 300 MB", () => {
  it("is pulled, digested and read to its last row with less than 150 MB of memory", async function () {
    this.timeout(30_000);
    this.slow(10_000);
    const line = Buffer.from(`${JSON.stringify({ text: "x".repeat(MIB / 64 - 12) })}\n`);
    const piece = Buffer.concat(Array.from({ length: 64 }, () => line));
    await using server = await startServer((got, response) => {
      if (got.url === "/small") return ok("{}")(got, response);
      response.writeHead(200, { "content-length": 300 * piece.length });
      Readable.from(Array.from({ length: 300 }, () => piece)).pipe(response);
    });
    const { stdout } = await promisify(execFile)(process.execPath, [
      fileURLToPath(new URL("../support/pull.ts", import.meta.url)),
      server.url,
    ]);
    const { growth, bytes, rows }: Pulled = JSON.parse(stdout);
    assert.equal(bytes, 300 * piece.length);
    assert.equal(rows, 300 * 64);
    assert(growth < 150 * MIB, `grew by ${Math.round(growth / MIB)} MiB`);
  });
});
