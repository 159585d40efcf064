import type { Content, ListedObject, Store, StoredObject, WriteOptions } from "../../runtime/store/store.ts";

/** Any store, told of every write: `before` may throw, `after` knows that it is done. */
export class WatchedStore implements Store {
  readonly location: string;
  readonly #store: Store;
  readonly #before: (key: string) => void | Promise<void>;
  readonly #after: (key: string, body: Content) => void | Promise<void>;

  constructor(
    store: Store,
    {
      before = () => {},
      after = () => {},
    }: {
      readonly before?: (key: string) => void | Promise<void>;
      readonly after?: (key: string, body: Content) => void | Promise<void>;
    },
  ) {
    this.location = store.location;
    this.#store = store;
    this.#before = before;
    this.#after = after;
  }

  get(key: string): Promise<StoredObject | undefined> {
    return this.#store.get(key);
  }

  size(key: string): Promise<number | undefined> {
    return this.#store.size(key);
  }

  read(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    return this.#store.read(key);
  }

  async put(key: string, body: Content, options?: WriteOptions): Promise<string> {
    await this.#before(key);
    const etag = await this.#store.put(key, body, options);
    await this.#after(key, body);
    return etag;
  }

  remove(key: string): Promise<void> {
    return this.#store.remove(key);
  }

  list(prefix: string): AsyncIterable<ListedObject> {
    return this.#store.list(prefix);
  }

  withFile<T>(key: string, use: (path: string, etag: () => Promise<string>) => Promise<T>): Promise<T> {
    return this.#store.withFile(key, use);
  }
}
