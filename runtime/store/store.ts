/** A body that may be larger than memory: a file of this machine, which does not change while it is used. */
export interface LocalFile {
  readonly path: string;
  readonly bytes: number;
}

export type Content = Uint8Array | LocalFile;

/** An object as it was read. `etag` names its content, for a later compare-and-swap. */
export interface StoredObject {
  readonly body: Uint8Array;
  readonly etag: string;
}

export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** A text that is another one after every change of the content. */
  readonly version: string;
}

/**
 * What must be true for a write: the key does not exist yet, or it still has the content of that etag.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export type WriteCondition = { readonly absent: true } | { readonly etag: string };

export interface WriteOptions {
  readonly condition?: WriteCondition;
  readonly contentType?: string;
  /**
   * Another object of the same folder is written next, and until then nothing depends on this one: a store may make both
   * durable with that write. @default false
   */
  readonly followed?: boolean;
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
  /** The whole object, in memory. @returns undefined when there is no such object */
  get(key: string): Promise<StoredObject | undefined>;
  /** Bytes of the object. @returns undefined when there is no such object */
  size(key: string): Promise<number | undefined>;
  /** The object piece by piece, one content from its beginning to its end. @returns undefined when there is no such object */
  read(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Does not look at the body once it has returned. @returns the new etag @throws ConditionFailed */
  put(key: string, body: Content, options?: WriteOptions): Promise<string>;
  /** Whether there was such an object is not said. */
  remove(key: string): Promise<void>;
  /** All objects whose key begins with the prefix, in the order of their keys. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /**
   * Gives a readable local file with the object's content, valid until `use` has settled. Ask for the etag before opening the
   * file: a content that is put in its place later then fails the condition. @throws when it is missing
   */
  withFile<T>(key: string, use: (path: string, etag: () => Promise<string>) => Promise<T>): Promise<T>;
}
