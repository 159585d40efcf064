import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  ConditionFailed,
  type Content,
  checkKey,
  type ListedObject,
  type Store,
  type StoredObject,
  type WriteOptions,
} from "../../runtime/store/store.ts";

/** A store in memory, quick enough for thousands of runs, that can be told to fail before or after it writes a key. */
export class MemoryStore implements Store {
  readonly location = "memory";
  readonly objects = new Map<string, Uint8Array>();
  /** Keys in the order of the calls. */
  readonly gets: string[] = [];
  readonly puts: string[] = [];
  beforePut: (key: string) => void = () => {};
  afterPut: (key: string) => void = () => {};

  async get(key: string): Promise<StoredObject | undefined> {
    this.gets.push(key);
    const body = this.objects.get(key);
    return body && { body, etag: etagOf(body) };
  }

  async size(key: string): Promise<number | undefined> {
    return this.objects.get(key)?.byteLength;
  }

  async read(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const object = await this.get(key);
    return object && ReadableStream.from([object.body]);
  }

  async put(key: string, content: Content, { condition }: WriteOptions = {}): Promise<string> {
    checkKey(key);
    const body = new Uint8Array(content instanceof Uint8Array ? content : await readFile(content.path));
    this.beforePut(key);
    const now = this.objects.get(key);
    if (condition && ("absent" in condition ? now : !now || etagOf(now) !== condition.etag))
      throw new ConditionFailed(key);
    this.objects.set(key, body);
    this.puts.push(key);
    this.afterPut(key);
    return etagOf(body);
  }

  async remove(key: string): Promise<void> {
    this.objects.delete(key);
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    for (const key of keys) {
      const body = this.objects.get(key);
      if (body) yield { key, size: body.length, version: etagOf(body) };
    }
  }

  withFile<T>(): Promise<T> {
    return Promise.reject(new Error("nothing here is a file"));
  }
}

const etagOf = (body: Uint8Array): string => createHash("sha256").update(body).digest("hex");
