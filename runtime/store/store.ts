/** An object as it was read. `etag` names its content, for a later compare-and-swap. */
export interface StoredObject {
  readonly body: Uint8Array;
  readonly etag: string;
}

export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * What must be true for a write: the key does not exist yet, or it still has the content of that etag.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export type WriteCondition = { readonly absent: true } | { readonly etag: string };

export interface WriteOptions {
  readonly condition?: WriteCondition;
  readonly contentType?: string;
}

/** The condition of a write did not hold; somebody else was first. */
export class ConditionFailed extends Error {
  override readonly name = "ConditionFailed";

  constructor(key: string) {
    super(`${key} was changed by somebody else`);
  }
}

/** Refuses what is no key: an empty, `.` or `..` part could mean another place, and folders cannot hold it. @throws Error */
export function checkKey(key: string): void {
  if (key.split("/").some((part) => part === "" || part === "." || part === ".."))
    throw new Error(`key ${JSON.stringify(key)} leaves the store`);
}

/**
 * An object store: a folder, or an S3 bucket below a prefix. Keys are relative, with `/` between their parts.
 * A write is atomic and durable when it returns: no reader ever sees half of an object.
 */
export interface Store {
  /** Where it is, for people: a path or an `s3://` URL. */
  readonly location: string;
  /** @returns undefined when there is no such object */
  get(key: string): Promise<StoredObject | undefined>;
  /** @returns the new etag @throws ConditionFailed */
  put(key: string, body: Uint8Array, options?: WriteOptions): Promise<string>;
  /** All objects whose key begins with the prefix, in the order of their keys. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** Gives a readable local file with the object's content, valid until `use` has settled. @throws when it is missing */
  withFile<T>(key: string, use: (path: string) => Promise<T>): Promise<T>;
}
