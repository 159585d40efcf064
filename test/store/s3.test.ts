import assert from "node:assert/strict";
import type { S3Client } from "@aws-sdk/client-s3";
import { S3Store } from "../../runtime/store/s3.ts";
import { ConditionFailed } from "../../runtime/store/store.ts";
import { noS3, type S3Emulator, startS3 } from "../support/moto.ts";
import { keepsItsPromises } from "./conformance.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Lets the first put reach the server and then loses the answer, before the SDK decides whether to try again. */
function losesAnAnswer(client: S3Client, meanwhile: () => Promise<unknown> = async () => undefined): S3Client {
  let lost = false;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      if (lost || context.commandName !== "PutObjectCommand") return answer;
      lost = true;
      await meanwhile();
      throw Object.assign(new Error("no answer in time"), { name: "TimeoutError" });
    },
    { step: "deserialize", priority: "high" },
  );
  return client;
}

const reason = noS3();
describe("an S3 bucket as a store", () => {
  if (reason) {
    it.skip(`not tested: ${reason}`);
    return;
  }
  let s3: S3Emulator;
  before(async () => {
    s3 = await startS3();
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

  it("passes on what is no lost race", async () => {
    const store = new S3Store(s3.client(), "no-such-bucket", "");
    await assert.rejects(store.put("k", bytes("x")), { name: "NoSuchBucket" });
    await assert.rejects(store.get("k"), { name: "NoSuchBucket" });
    await assert.rejects(store.put("k", bytes("x"), { condition: { absent: true } }), { name: "NoSuchBucket" });
  });
});
