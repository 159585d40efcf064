import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { PutObjectCommand, type PutObjectCommandInput, type S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { isFile, sizeOf } from "./content.ts";
import type { Content } from "./store.ts";

const MIB = 1024 * 1024;

/** Above this an object is written in parts: a part that fails is sent again, not the whole. */
const WHOLE = 16 * MIB;
/** S3 takes at most so many. */
const PARTS = 10_000;
/** Parts under way at once, each held in memory. */
const AT_ONCE = 4;

/**
 * One write of an object, in parts when it is large; the condition is then judged when they are put together. Parts of a
 * write that failed are removed.
 */
export async function writeObject(
  client: S3Client,
  target: Omit<PutObjectCommandInput, "Body">,
  body: Content,
): Promise<{ readonly ETag?: string | undefined }> {
  const size = sizeOf(body);
  if (size <= WHOLE) {
    const bytes = isFile(body) ? await readFile(body.path) : body;
    return client.send(new PutObjectCommand({ ...target, Body: bytes }));
  }
  const source = isFile(body) ? createReadStream(body.path) : undefined;
  try {
    return await new Upload({
      client,
      params: { ...target, Body: source ?? (body as Uint8Array) },
      partSize: Math.max(8 * MIB, Math.ceil(size / PARTS)),
      queueSize: AT_ONCE,
    }).done();
  } finally {
    source?.destroy();
  }
}
