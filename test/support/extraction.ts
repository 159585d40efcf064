import type { Dataset } from "../../runtime/dataset/definition.ts";
import { DAY } from "../../runtime/dataset/duration.ts";
import { Budget } from "../../runtime/extract/budget.ts";
import {
  type ExtractOptions,
  type ExtractProgress,
  type ExtractResult,
  extract,
} from "../../runtime/extract/extract.ts";
import { nodeFetch } from "../../runtime/extract/request.ts";
import type { Asked, ReplayServer } from "../../runtime/replay/server.ts";
import type { Exchange } from "../../runtime/store/exchange.ts";
import { exchangeKeys, readBody, readExchange } from "../../runtime/store/exchanges.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import type { Content, ListedObject, Store, StoredObject, WriteOptions } from "../../runtime/store/store.ts";
import { JumpingClock } from "./clock.ts";
import { useFolder } from "./folder.ts";
import { startTiny, tiny } from "./tiny.ts";

export const START = Date.UTC(2024, 0, 1);

/** Days of 2024, from 0. */
export const days = (from: number, to: number) => ({ start: START + from * DAY, end: START + to * DAY });

export const about = (ticker: string) => (asked: Asked) => asked.path === `/prices/${ticker}`;

/** A budget with a single request under way, so that the order of things is known. */
export const oneAtATime = (): Budget =>
  new Budget([{ requests: 1_000_000, per: "1 second", burst: 1 }], new JumpingClock(Date.UTC(2024, 6, 1)));

/** The tiny source and a store, new for each test of the block that calls this. */
export function useTiny() {
  const folder = useFolder();
  let server: ReplayServer;
  let store: UnreliableStore;
  beforeEach(async () => {
    server = await startTiny();
    store = new UnreliableStore(folder.path);
  });
  afterEach(() => server.close());
  return {
    get folder() {
      return folder;
    },
    get server() {
      return server;
    },
    get store() {
      return store;
    },
    get dataset() {
      return tiny(server.url);
    },
  };
}

export const never = new AbortController().signal;

/** Runs an extraction of 2024's first days, quickly: waits are over at once, except those before a retry, of a millisecond. */
export async function extractTiny(
  dataset: Dataset,
  store: Store,
  changes: Omit<Partial<ExtractOptions>, "secret"> & { readonly days?: number; readonly secret?: string } = {},
): Promise<ExtractResult & { readonly progress: readonly ExtractProgress[]; readonly clock: JumpingClock }> {
  const { days = 20, secret = "", ...options } = changes;
  const clock = new JumpingClock(Date.UTC(2024, 6, 1));
  const progress: ExtractProgress[] = [];
  const start = Date.UTC(2024, 0, 1);
  const result = await extract({
    dataset,
    store,
    budget: new Budget(dataset.source.budget, options.clock ?? clock),
    clock,
    fetch: nodeFetch,
    signal: never,
    run: "a-run",
    wanted: { start, end: start + days * 86_400_000 },
    secret: () => secret,
    retryDelay: 1,
    onProgress: (step) => progress.push(step),
    ...options,
  });
  return { ...result, progress, clock };
}

export async function keysOf(store: Store, prefix = ""): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

/** The records of all exchanges in the lake, by key. */
export async function exchangesOf(store: Store, prefix = "raw/"): Promise<Exchange[]> {
  const found: Exchange[] = [];
  for await (const key of exchangeKeys(store, prefix))
    found.push((await readExchange(store, key))?.exchange as Exchange);
  return found;
}

/** The body of an exchange, as text. */
export const textOf = async (store: Store, exchange: Exchange | undefined): Promise<string> =>
  Buffer.from((exchange && (await readBody(store, exchange.body))) ?? []).toString();

/** Puts another body in the place of a packed one, whose record stays as it is. @returns mends it */
export async function damage(store: Store, { body }: Exchange, text: string): Promise<() => Promise<unknown>> {
  const whole = Buffer.from((await store.get(body.key))?.body ?? []);
  const line = whole.subarray(0, whole.byteLength - body.bytes);
  await store.put(body.key, Buffer.concat([line, Buffer.from(text)]));
  return () => store.put(body.key, whole);
}

/** A folder that can be told to fail, or to look away, before it writes a key. */
export class UnreliableStore implements Store {
  readonly location: string;
  readonly written: string[] = [];
  beforePut: (key: string) => void = () => {};
  readonly #store: FolderStore;

  constructor(folder: string) {
    this.#store = new FolderStore(folder);
    this.location = folder;
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
    this.beforePut(key);
    const etag = await this.#store.put(key, body, options);
    this.written.push(key);
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
