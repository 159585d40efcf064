import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import pRetry from "p-retry";
import { writeObject } from "./s3-write.ts";
import { scratchFolder } from "./scratch-folder.ts";
import {
  ConditionFailed,
  type Content,
  checkKey,
  type ListedObject,
  type Store,
  type StoredObject,
  type WriteOptions,
} from "./store.ts";

/** Metadata of every object: which call of `put` wrote it. */
const WRITER = "tidegate-write";

/** How a write is tried again that met another one under way; milliseconds. */
const CONFLICTS = { retries: 8, minTimeout: 50, maxTimeout: 5_000, randomize: true };

/** Connections that may break while one object is read; the rest of it is asked for again. */
const BREAKS = 4;

/** A client that waits, longer each time, when S3 asks for it: 503 SlowDown. */
export const s3Client = (config: S3ClientConfig = {}): S3Client => new S3Client({ maxAttempts: 8, ...config });

/** An answer whose body is still to be read. */
interface Opened {
  readonly body: NonNullable<GetObjectCommandOutput["Body"]>;
  readonly etag: string;
}

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
    const object = await this.#open(key);
    return object && { body: await object.body.transformToByteArray(), etag: object.etag };
  }

  async size(key: string): Promise<number | undefined> {
    return (await this.#head(key))?.ContentLength;
  }

  async read(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const object = await this.#open(key);
    return object && this.#whole(key, object);
  }

  async put(key: string, body: Content, { condition, contentType }: WriteOptions = {}): Promise<string> {
    const writer = randomUUID();
    const target = {
      ...this.#at(key),
      Metadata: { [WRITER]: writer },
      ...(contentType ? { ContentType: contentType } : {}),
      ...(condition ? ("absent" in condition ? { IfNoneMatch: "*" } : { IfMatch: `"${condition.etag}"` }) : {}),
    };
    const write = async (): Promise<string> => {
      try {
        return plainEtag((await writeObject(this.#client, target, body)).ETag, key);
      } catch (error) {
        if (!isNamed(error, "PreconditionFailed", "NoSuchKey", "NoSuchUpload")) throw error;
        const own = await this.#ownWrite(key, writer);
        if (own) return own;
        throw isNamed(error, "NoSuchUpload") ? error : new ConditionFailed(key);
      }
    };
    // Which of two writes at once is first has not been decided yet; S3 says to try again.
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    return pRetry(write, { ...CONFLICTS, shouldRetry: ({ error }) => isNamed(error, "ConditionalRequestConflict") });
  }

  async remove(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#at(key)));
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    let token: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: this.#prefix + prefix, ContinuationToken: token }),
      );
      for (const { Key, Size, ETag } of page.Contents ?? [])
        if (Key) yield { key: Key.slice(this.#prefix.length), size: Size ?? 0, version: plainEtag(ETag, Key) };
      token = page.NextContinuationToken;
    } while (token);
  }

  async withFile<T>(key: string, use: (path: string, etag: () => Promise<string>) => Promise<T>): Promise<T> {
    const object = await this.#open(key);
    if (!object) throw new Error(`${this.location}/${key} is missing`);
    const folder = await scratchFolder("object");
    try {
      const path = join(folder, "object");
      await writeFile(path, this.#whole(key, object));
      return await use(path, async () => object.etag);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  #at(key: string): { Bucket: string; Key: string } {
    checkKey(key);
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }

  async #open(key: string, part: { Range?: string; IfMatch?: string } = {}): Promise<Opened | undefined> {
    try {
      const { Body, ETag } = await this.#client.send(new GetObjectCommand({ ...this.#at(key), ...part }));
      if (!Body) throw new Error(`S3 answered without a body for ${key}`);
      return { body: Body, etag: plainEtag(ETag, key) };
    } catch (error) {
      if (isNamed(error, "NoSuchKey")) return undefined;
      throw error;
    }
  }

  /** To the end of the object that was opened, over connections that break; never the beginning of one and the end of another. */
  async *#whole(key: string, opened: Opened): AsyncIterable<Uint8Array> {
    let { body } = opened;
    let at = 0;
    for (let breaks = 0; ; breaks += 1) {
      try {
        for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
          yield chunk;
          at += chunk.byteLength;
        }
        return;
      } catch (error) {
        if (breaks === BREAKS) throw error;
      }
      const rest = await this.#open(key, { Range: `bytes=${at}-`, IfMatch: `"${opened.etag}"` });
      if (!rest) throw new Error(`${this.location}/${key} was removed while it was read`);
      body = rest.body;
    }
  }

  /**
   * A put that timed out may have been carried out before the SDK tried again and met its own object. The same body would
   * not prove that: two workers that count to the same number write the same.
   */
  async #ownWrite(key: string, writer: string): Promise<string | undefined> {
    const now = await this.#head(key);
    return now?.Metadata?.[WRITER] === writer ? plainEtag(now.ETag, key) : undefined;
  }

  #head(key: string): Promise<HeadObjectCommandOutput | undefined> {
    return this.#client.send(new HeadObjectCommand(this.#at(key))).catch((error) => {
      if (isNamed(error, "NotFound")) return undefined;
      throw error;
    });
  }
}

/** Without the quotes, and the mark of a weak one, that some servers leave out. @throws when there is none */
function plainEtag(etag: string | undefined, key: string): string {
  if (!etag) throw new Error(`S3 answered without an etag for ${key}`);
  return etag.replace(/^W\//, "").replace(/^"|"$/g, "");
}

const isNamed = (error: unknown, ...names: string[]): boolean => error instanceof Error && names.includes(error.name);
