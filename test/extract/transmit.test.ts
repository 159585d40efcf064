import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { Response } from "node-fetch";
import { UserError } from "../../runtime/dataset/errors.ts";
import { NoAnswer } from "../../runtime/extract/failure.ts";
import { temporaryFolder } from "../support/folder.ts";
import { clientOf, never, ok, startServer } from "../support/http.ts";

/** A server that writes exactly these bytes, piece by piece, then ends the connection. */
async function startBytes(
  ...pieces: readonly (string | Uint8Array)[]
): Promise<AsyncDisposable & { url: string; host: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => {
      for (const piece of pieces) socket.write(piece);
      socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("an answer", () => {
  it("is whole, with its status, headers, digest and size", async () => {
    await using server = await startServer((_got, response) => response.writeHead(418, { "X-Left": "7" }).end("[1]"));
    using client = clientOf(server.url);
    const { answer } = await client.ask();
    assert.equal(answer.status, 418);
    assert.equal(answer.headers["x-left"], "7");
    assert.equal(Buffer.from(answer.body as Uint8Array).toString(), "[1]");
    assert.equal(answer.bytes, 3);
    assert.equal(answer.sha256, createHash("sha256").update("[1]").digest("hex"));
  });

  it("stays packed as it came", async () => {
    const packed = gzipSync("[1,2,3]");
    await using server = await startServer((got, response) => {
      assert.equal(got.headers["accept-encoding"], "gzip");
      response.writeHead(200, { "content-encoding": "gzip" }).end(packed);
    });
    using client = clientOf(server.url);
    const { answer } = await client.ask();
    assert.deepEqual(Buffer.from(answer.body as Uint8Array), packed);
  });

  for (const [what, ...pieces] of [
    ["less than its content length", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n", "[1,2"],
    ["no last chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "4\r\n[1,2\r\n"],
    ["half a chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "40\r\n[1,2\r\n"],
    ["a chunk of no size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "x\r\n[1,2\r\n"],
    ["half its head", "HTTP/1.1 200 OK\r\ncontent-le"],
    ["no HTTP", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["nothing"],
  ] as const)
    it(`with ${what} is none`, async () => {
      await using server = await startBytes(...pieces);
      using client = clientOf(server.url);
      await assert.rejects(client.ask(), (error: unknown) => {
        assert(error instanceof NoAnswer, String(error));
        assert.match(error.message, new RegExp(`^${server.host} gave no whole answer: ./*`));
        assert.doesNotMatch(error.message, /http:/);
        return true;
      });
    });

  it("may end with the connection when it does not say how long it is", async () => {
    await using server = await startBytes("HTTP/1.1 200 OK\r\n\r\n", "[1]");
    using client = clientOf(server.url);
    assert.equal((await client.ask()).answer.bytes, 3);
  });

  it("may take as long as it likes while it goes on, and is given up when nothing comes", async () => {
    await using server = await startServer((got, response) => {
      const pieces = got.url === "/drip" ? 12 : 2;
      response.writeHead(200, { "content-length": 12 });
      let sent = 0;
      const timer = setInterval(() => {
        sent += 1;
        if (sent <= pieces) response.write("x");
        if (sent === 12) response.end();
      }, 20);
      response.on("close", () => clearInterval(timer));
    });
    using client = clientOf(server.url, {}, { idleTimeout: 120 });
    assert.equal((await client.ask({ path: ["drip"] })).answer.bytes, 12);
    await assert.rejects(client.ask({ path: ["stop"] }), (error) => {
      assert(error instanceof NoAnswer);
      assert.equal(error.message, `${server.host} sent nothing for 0.12 seconds`);
      return true;
    });
  });

  it("is given up when not even its head comes", async () => {
    await using server = await startServer(() => {});
    using client = clientOf(server.url, {}, { idleTimeout: 50 });
    await assert.rejects(client.ask(), /sent nothing for 0.05 seconds/);
  });

  it("ends with the signal's reason, before it is asked for and in its middle", async () => {
    await using server = await startServer((_got, response) => {
      response.writeHead(200, { "content-length": 10 });
      response.write("x");
    });
    using client = clientOf(server.url);
    const reason = new Error("enough");
    const controller = new AbortController();
    const asked = client.ask({}, controller.signal);
    setTimeout(() => controller.abort(reason), 50);
    await assert.rejects(asked, reason);
    await assert.rejects(client.ask({}, controller.signal), reason);
    assert.equal(server.got.length, 1);
  });

  it("leaves no listener on the signal behind", async () => {
    await using server = await startServer(ok());
    using client = clientOf(server.url);
    const { signal } = new AbortController();
    let listeners = 0;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      listeners += 1;
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...given);
    };
    for (let sent = 0; sent < 5; sent += 1) await client.ask({}, signal);
    assert.equal(listeners, 0);
  });

  it("comes over a connection that is kept for the next one", async () => {
    await using server = await startServer(ok());
    using client = clientOf(server.url);
    for (let sent = 0; sent < 5; sent += 1) await client.ask();
    assert.equal(server.connections, 1);
    await Promise.all(Array.from({ length: 20 }, () => client.ask()));
    assert(server.connections >= 10);
  });

  it("gives its memory back when it is disposed of, and leaves what it was made from alone", async () => {
    const own = Buffer.from("[1]");
    using client = clientOf("https://example.org", {}, { fetch: async () => new Response(own) });
    const { answer } = await client.ask();
    assert(answer.body instanceof Uint8Array);
    assert.equal(Buffer.from(answer.body).toString(), "[1]");
    await answer.dispose();
    assert.equal(answer.body.byteLength, 0);
    assert.equal(own.toString(), "[1]");
  });

  it("that is large is a file, gone when it is disposed of", async () => {
    await using folder = await temporaryFolder();
    const body = randomBytes(9 * 1024 * 1024);
    await using server = await startServer((_got, response) => response.writeHead(200).end(body));
    using client = clientOf(server.url, {}, { temporary: folder.path });
    const { answer } = await client.ask();
    assert("path" in answer.body);
    assert.equal(answer.body.bytes, body.length);
    assert.equal(answer.bytes, body.length);
    assert.deepEqual(await readFile(answer.body.path), body);
    assert.equal(answer.sha256, createHash("sha256").update(body).digest("hex"));
    await answer.dispose();
    assert.deepEqual(await readdir(folder.path), []);
  });

  it("that is large and broken leaves no file behind", async () => {
    await using folder = await temporaryFolder();
    await using server = await startServer((_got, response) => {
      response.writeHead(200, { "content-length": 20 * 1024 * 1024 });
      response.write(Buffer.alloc(12 * 1024 * 1024), () => response.destroy());
    });
    using client = clientOf(server.url, {}, { temporary: folder.path });
    await assert.rejects(client.ask(), NoAnswer);
    assert.deepEqual(await readdir(folder.path), []);
  });

  it("that no disk can hold is the user's to mend, and leaves nothing behind", async function () {
    await using disk = await temporaryFolder();
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.path], { stdio: "pipe" });
    } catch {
      process.stderr.write("      skipped: a small disk can only be mounted by root on Linux\n");
      return this.skip();
    }
    try {
      await using server = await startServer((_got, response) => response.writeHead(200).end(Buffer.alloc(9_000_000)));
      using client = clientOf(server.url, {}, { temporary: disk.path });
      await assert.rejects(client.ask(), (error) => error instanceof UserError && /disk is full/.test(error.message));
      assert.deepEqual(await readdir(disk.path), []);
    } finally {
      execFileSync("umount", [disk.path]);
    }
  });

  it("takes a place in the budget from when it is asked for until it is there", async () => {
    await using server = await startServer(ok());
    using client = clientOf(server.url, { budget: [{ requests: 2, per: "1 minute" }] });
    for (let sent = 0; sent < 5; sent += 1) await client.ask({}, never);
    assert(client.clock.slept.reduce((sum, time) => sum + time, 0) >= 120_000);
  });

  it("that says that nothing is left makes the next request wait", async () => {
    await using server = await startServer((_got, response) =>
      response.writeHead(200, { "x-left": "0", "x-reset": "90" }).end("[]"),
    );
    using client = clientOf(server.url, {
      budgetHeaders: { remaining: "X-Left", reset: { header: "X-Reset", as: "seconds left" } },
    });
    const begun = client.clock.now();
    await client.ask();
    assert.equal(client.clock.now(), begun);
    await client.ask();
    assert.equal(client.clock.now() - begun, 90_000);
  });
});
