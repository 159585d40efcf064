import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createGzip } from "node:zlib";
import { csvBody, type Format, jsonBody, jsonLines } from "../../runtime/dataset/format.ts";
import { temporaryFolder } from "../support/folder.ts";

const ROWS = 2_000_000;
const BLOCK = 2_000;
const MEGABYTES = 300;
const MOST = 150;

const json = (index: number): string =>
  `{"ticker":"T${index % 500}","date":"2024-01-02","open":100.25,"high":101.5,"low":99.75,"close":100.125,"volume":${index},"adjClose":100.125,"adjVolume":${index},"divCash":0.0}`;
const csv = (index: number): string =>
  `T${index % 500},2024-01-02,100.25,101.5,99.75,100.125,${index},100.125,"an ""adjusted"", long note about ${index}, so that the file is as long as it has to be for this, which makes many megabytes of it"`;

const formats: readonly {
  readonly name: string;
  readonly format: Format;
  readonly row: (index: number) => string;
  readonly frame: readonly [string, string, string];
  readonly packed?: boolean;
}[] = [
  { name: "JSON lines", format: jsonLines(), row: json, frame: ["", "\n", "\n"] },
  { name: "compressed JSON lines", format: jsonLines(), row: json, frame: ["", "\n", "\n"], packed: true },
  {
    name: "CSV",
    format: csvBody(),
    row: csv,
    frame: ["ticker,date,open,high,low,close,volume,adj,note\n", "\n", "\n"],
  },
  {
    name: "a JSON list",
    format: jsonBody({ rows: "data.rows" }),
    row: json,
    frame: ['{"data":{"rows":[', ",", ']},"next":null}'],
  },
];

describe("a body of 300 MB", function () {
  this.timeout(180_000);
  for (const { name, format, row, frame, packed } of formats)
    it(`in ${name} is read within ${MOST} MB`, async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, "body");
      assert.ok((await write(path, row, frame)) > MEGABYTES * 1e6);
      if (packed) await pipeline(createReadStream(path), createGzip({ level: 1 }), createWriteStream(`${path}.gz`));
      const script = fileURLToPath(new URL("../support/scan-file.ts", import.meta.url));
      const told = await promisify(execFile)(process.execPath, [
        "--max-semi-space-size=8",
        script,
        packed ? `${path}.gz` : path,
        JSON.stringify(format),
      ]);
      const { rows, megabytes } = JSON.parse(told.stdout);
      assert.equal(rows, ROWS);
      assert.ok(megabytes < MOST, `${megabytes} MB`);
    });
});

/** @returns bytes */
async function write(
  path: string,
  row: (index: number) => string,
  [head, between, tail]: readonly [string, string, string],
) {
  const file = createWriteStream(path);
  file.write(head);
  for (let start = 0; start < ROWS; start += BLOCK) {
    const block = Array.from({ length: BLOCK }, (_, index) => row(start + index)).join(between);
    if (!file.write(start === 0 ? block : between + block)) await once(file, "drain");
  }
  file.end(tail);
  await once(file, "close");
  return file.bytesWritten;
}
