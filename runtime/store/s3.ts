import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import {
  ConditionFailed,
  checkKey,
  type ListedObject,
  type Store,
  type StoredObject,
  type WriteOptions,
} from "./store.ts";

/** Metadata of every object: which call of `put` wrote it. */
const WRITER = "tidegate-write";

/** An S3 bucket below a prefix. */
export class S3Store implements Store {
  readonly location: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  /** @param prefix without slashes at its ends; empty for the whole bucket */
  constructor(client: S3Client, bucket: string, prefix: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix && `${prefix}/`;
    this.location = `s3://${bucket}/${prefix}`;
  }

  async get(key: string): Promise<StoredObject | undefined> {
    checkKey(key);
    try {
      const answer = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + key }));
      if (!answer.Body || !answer.ETag) throw new Error(`S3 answered without a body or an etag for ${key}`);
      return { body: await answer.Body.transformToByteArray(), etag: answer.ETag };
    } catch (error) {
      if (isNamed(error, "NoSuchKey")) return undefined;
      throw error;
    }
  }

  async put(key: string, body: Uint8Array, { condition, contentType }: WriteOptions = {}): Promise<string> {
    checkKey(key);
    const writer = randomUUID();
    try {
      const answer = await this.#client.send(
        new PutObjectCommand({
          Bucket: this.#bucket,
          Key: this.#prefix + key,
          Body: body,
          ...(contentType ? { ContentType: contentType } : {}),
          Metadata: { [WRITER]: writer },
          ...(condition ? ("absent" in condition ? { IfNoneMatch: "*" } : { IfMatch: condition.etag }) : {}),
        }),
      );
      if (!answer.ETag) throw new Error(`S3 answered without an etag for ${key}`);
      return answer.ETag;
    } catch (error) {
      if (!condition || !isConflict(error)) throw error;
      return this.#ownWrite(key, writer);
    }
  }

  /**
   * A put that timed out may have been carried out before the SDK tried again and met its own object. The same body would
   * not prove that: two workers that count to the same number write the same.
   */
  async #ownWrite(key: string, writer: string): Promise<string> {
    const now = await this.#client
      .send(new HeadObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + key }))
      .catch((error) => {
        if (isNamed(error, "NotFound")) return undefined;
        throw error;
      });
    if (now?.ETag && now.Metadata?.[WRITER] === writer) return now.ETag;
    throw new ConditionFailed(key);
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    let token: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: this.#prefix + prefix, ContinuationToken: token }),
      );
      for (const { Key, Size } of page.Contents ?? [])
        if (Key) yield { key: Key.slice(this.#prefix.length), size: Size ?? 0 };
      token = page.NextContinuationToken;
    } while (token);
  }

  async withFile<T>(key: string, use: (path: string) => Promise<T>): Promise<T> {
    const object = await this.get(key);
    if (!object) throw new Error(`${this.location}/${key} is missing`);
    const folder = await mkdtemp(join(tmpdir(), "tidegate-"));
    try {
      const path = join(folder, randomBytes(6).toString("hex"));
      await writeFile(path, object.body);
      return await use(path);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

const isNamed = (error: unknown, ...names: string[]): boolean => error instanceof Error && names.includes(error.name);

/** 412 when the condition does not hold, 409 when another conditional write is under way, 404 when If-Match meets nothing. */
const isConflict = (error: unknown): boolean =>
  isNamed(error, "PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey");
