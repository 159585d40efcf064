/**
 * The memory that one large body takes: asked for, counted and stored, and then processed.
 * Run: node [V8 flags, which are measured with] bench/large.ts [megabytes, 1000 when left out] [process]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { watchMemory } from "./extract/memory.ts";

const [megabytes = "1000", also] = process.argv.slice(2);
const DAY = 86_400_000;

function* lines(bytes: number): Generator<string> {
  for (let id = 0, sent = 0; sent < bytes; ) {
    let text = "";
    for (let end = id + 1_000; id < end; id += 1) {
      const date = new Date(Date.UTC(2020, 0, 1) + (id % 1_400) * DAY).toISOString().slice(0, 10);
      text += `{"id":${id},"date":"${date}","price":${(id % 100_000) / 100},"volume":${id % 977}}\n`;
    }
    sent += text.length;
    yield text;
  }
}

const server = createServer((_, response) => {
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  Readable.from(lines(Number(megabytes) * 1e6)).pipe(response);
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const folder = await mkdtemp(join(tmpdir(), "tidegate-large-"));
try {
  for (const step of ["extract", ...(also === "process" ? ["process"] : [])]) {
    const started = performance.now();
    const child = spawn(
      process.execPath,
      [...process.execArgv, fileURLToPath(new URL("large-client.ts", import.meta.url)), url, folder, step],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const memory = watchMemory(child.pid ?? 0);
    let output = "";
    child.stdout.on("data", (piece) => {
      output += piece;
    });
    const [code] = await once(child, "close");
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    process.stdout.write(
      `${step}: ${output.trim() || `ended with ${code}`}, ${seconds} s, ${Math.round(memory())} MiB\n`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
  server.close();
}
