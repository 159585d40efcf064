import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { ListMultipartUploadsCommand, type S3Client } from "@aws-sdk/client-s3";
import { S3Store, s3Client } from "../../runtime/store/s3.ts";
import { ConditionFailed } from "../../runtime/store/store.ts";
import { temporaryFolder } from "../support/folder.ts";
import { everyS3, type S3Emulator } from "../support/s3.ts";
import { keepsItsPromises } from "./conformance.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Lets the first put reach the server and then loses the answer, before the SDK decides whether to try again. */
function losesAnAnswer(
  client: S3Client,
  meanwhile: () => Promise<unknown> = async () => undefined,
  command = "PutObjectCommand",
): S3Client {
  let lost = false;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      if (lost || context.commandName !== command) return answer;
      lost = true;
      await meanwhile();
      throw Object.assign(new Error("no answer in time"), { name: "TimeoutError" });
    },
    { step: "deserialize", priority: "high" },
  );
  return client;
}

/** Ends the first body that is read after its first million bytes. */
function breaksTheFirst(client: S3Client): S3Client {
  let broken = false;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const output = answer.output as { Body?: Readable };
      if (broken || !output.Body) return answer;
      broken = true;
      const body = output.Body;
      const cut = async function* () {
        let left = 1_000_000;
        for await (const chunk of body) {
          yield chunk.subarray(0, left);
          left -= chunk.length;
          if (left <= 0) throw new Error("aborted");
        }
      };
      return { ...answer, output: { ...output, Body: Readable.from(cut()) } as typeof answer.output };
    },
    { step: "initialize" },
  );
  return client;
}

/** Answers like an S3 that is asked too much at first, and that writes etags its own way. */
async function startBusy(busy: number, etag: string): Promise<Server> {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      asked += 1;
      if (asked <= busy)
        response
          .writeHead(503)
          .end("<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>");
      else if (request.method === "PUT" && request.headers["if-match"] !== '"abc"') response.writeHead(412).end();
      else response.writeHead(200, { etag }).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

describe("an S3 that has its own ways", () => {
  for (const etag of ['"abc"', 'W/"abc"', "abc"])
    it(`asks for less at first, and has the etag ${etag}`, async () => {
      const server = await startBusy(3, etag);
      try {
        const { port } = server.address() as AddressInfo;
        const client = s3Client({
          endpoint: `http://127.0.0.1:${port}`,
          region: "us-east-1",
          credentials: { accessKeyId: "test", secretAccessKey: "test" },
          forcePathStyle: true,
        });
        const store = new S3Store(client, "bucket", "");
        const read = await store.get("k");
        assert.equal(read?.etag, "abc");
        assert.equal(await store.put("k", bytes("x"), { condition: { etag: read?.etag ?? "" } }), "abc");
      } finally {
        server.close();
      }
    });
});

for (const one of everyS3())
  describe(`an S3 bucket as a store, with ${one.name}`, () => {
    if ("missing" in one) {
      it.skip(`not tested: ${one.missing}`);
      return;
    }
    holdsTo(one.start);
  });

function holdsTo(start: () => Promise<S3Emulator>): void {
  let s3: S3Emulator;
  before(async () => {
    s3 = await start();
  });
  after(() => s3?.close());

  keepsItsPromises(() => new S3Store(s3.client(), s3.bucket, "lake"));

  it("keeps to its prefix, which may be empty", async () => {
    const whole = new S3Store(s3.client(), s3.bucket, "");
    await new S3Store(s3.client(), s3.bucket, "lake-2").put("k", bytes("x"));
    const lake = new S3Store(s3.client(), s3.bucket, "lake");
    for await (const { key } of lake.list("")) assert(!key.startsWith("-2") && key !== "k", key);
    assert((await whole.get("lake-2/k"))?.body.length === 1);
    assert.deepEqual([whole.location, lake.location], [`s3://${s3.bucket}/`, `s3://${s3.bucket}/lake`]);
  });

  it("takes its own write for its own when the answer was lost", async () => {
    const store = new S3Store(losesAnAnswer(s3.client()), s3.bucket, "lost");
    const etag = await store.put("new", bytes("mine"), { condition: { absent: true } });
    assert.deepEqual(await store.get("new"), { body: bytes("mine"), etag });
    const again = new S3Store(losesAnAnswer(s3.client()), s3.bucket, "lost");
    const next = await again.put("new", bytes("mine too"), { condition: { etag } });
    assert.deepEqual(await again.get("new"), { body: bytes("mine too"), etag: next });
  });

  it("does not take another's write for its own, though the answer was lost and the content is the same", async () => {
    const other = new S3Store(s3.client(), s3.bucket, "lost");
    const first = await other.put("count", bytes("1"));
    const meanwhile = async (): Promise<void> => {
      await other.put("count", bytes("3"));
    };
    const store = new S3Store(losesAnAnswer(s3.client(), meanwhile), s3.bucket, "lost");
    await assert.rejects(store.put("count", bytes("3"), { condition: { etag: first } }), ConditionFailed);
  });

  it("tries again when S3 says that another conditional write is under way", async () => {
    const client = s3.client();
    let conflicts = 3;
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName !== "PutObjectCommand" || conflicts-- <= 0) return next(args);
        throw Object.assign(new Error("a conflicting operation"), { name: "ConditionalRequestConflict" });
      },
      { step: "deserialize", priority: "high" },
    );
    const store = new S3Store(client, s3.bucket, "conflict");
    await store.put("k", bytes("x"), { condition: { absent: true } });
    assert.deepEqual([conflicts, (await store.get("k"))?.body.length], [-1, 1]);
    conflicts = 1;
    await assert.rejects(store.put("k", bytes("y"), { condition: { absent: true } }), ConditionFailed);
  });

  it("takes its own large object for its own when the answer was lost", async () => {
    await using place = await temporaryFolder();
    const path = join(place.path, "large");
    await writeFile(path, Buffer.alloc(17 * 1024 * 1024));
    const large = { path, bytes: 17 * 1024 * 1024 };
    for (const condition of [undefined, { absent: true as const }]) {
      const key = condition ? "new" : "any";
      const store = new S3Store(
        losesAnAnswer(s3.client(), undefined, "CompleteMultipartUploadCommand"),
        s3.bucket,
        "big",
      );
      const etag = await store.put(key, large, condition ? { condition } : {});
      assert.equal((await store.get(key))?.etag, etag);
    }
  });

  it("leaves no parts behind of a large object that could not be written", async () => {
    await using place = await temporaryFolder();
    const path = join(place.path, "large");
    await writeFile(path, Buffer.alloc(17 * 1024 * 1024));
    const large = { path, bytes: 17 * 1024 * 1024 };
    const client = s3.client();
    const store = new S3Store(client, s3.bucket, "parts");
    const failing = s3.client();
    failing.middlewareStack.add(
      (next, context) => (args) => {
        if (context.commandName === "UploadPartCommand") throw new Error("the line is cut");
        return next(args);
      },
      { step: "initialize" },
    );
    await assert.rejects(new S3Store(failing, s3.bucket, "parts").put("k", large), /the line is cut/);
    await store.put("taken", bytes("x"));
    await assert.rejects(store.put("taken", large, { condition: { absent: true } }), ConditionFailed);
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: s3.bucket }));
    assert.deepEqual(Uploads ?? [], []);
  });

  it("reads on where a connection broke, but never another content", async () => {
    const body = Buffer.alloc(3_000_000, "0123456789abcde");
    const whole = new S3Store(s3.client(), s3.bucket, "broken");
    await whole.put("k", body);
    const store = new S3Store(breaksTheFirst(s3.client()), s3.bucket, "broken");
    const pieces: Uint8Array[] = [];
    for await (const piece of (await store.read("k")) ?? []) pieces.push(Buffer.from(piece));
    assert(Buffer.concat(pieces).equals(body));
    const changed = new S3Store(breaksTheFirst(s3.client()), s3.bucket, "broken");
    const reading = await changed.read("k");
    await whole.put("k", bytes("another"));
    await assert.rejects(async () => {
      for await (const _ of reading ?? []);
    }, /At least one of the pre-conditions/);
  });

  it("passes on what is no lost race", async () => {
    const store = new S3Store(s3.client(), "no-such-bucket", "");
    await assert.rejects(store.put("k", bytes("x")), { name: "NoSuchBucket" });
    await assert.rejects(store.get("k"), { name: "NoSuchBucket" });
    await assert.rejects(store.put("k", bytes("x"), { condition: { absent: true } }), { name: "NoSuchBucket" });
  });
}
