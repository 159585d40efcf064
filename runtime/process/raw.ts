import { createHash } from "node:crypto";
import pMap, { pMapIterable } from "p-map";
import type { Format } from "../dataset/format.ts";
import type { ResolvedSource, SourceRow } from "../dataset/source.ts";
import { decodeRows, decodeSmall, fitsSmall } from "../decode/index.ts";
import { digestOf } from "../store/durable.ts";
import type { Exchange } from "../store/exchange.ts";
import { readBody, readExchange } from "../store/exchanges.ts";
import type { Store } from "../store/store.ts";

/** What of an exchange its rows are read by. */
export interface Fetched
  extends Pick<Exchange, "partition" | "partitions" | "source" | "window" | "at" | "verdict" | "body"> {
  /** The body, where it came with the rest and there was room for it. */
  readonly content?: Uint8Array;
}

/** Objects that are read at the same time. */
const READS = 8;

/** Bytes of a body that is read into memory; a larger one is read piece by piece. */
const HELD = 2 * 1024 * 1024;

/** Bytes of bodies whose rows are kept for the other partitions that they answer for. */
const SHARED = 4 * HELD;

/** Bytes of the bodies of one partition that are kept because they were read with their records. */
const KEPT = 2 * HELD;

/** Exchanges in the order of what they are about: records of a source that sorts them then come sorted. */
export async function readExchanges(store: Store, keys: readonly string[]): Promise<Fetched[]> {
  let room = KEPT;
  const read = await pMap(
    keys,
    async (key) => {
      const found = await readExchange(store, key);
      if (!found) throw new Error(`${store.location}/${key} is missing`);
      const { exchange, content } = found;
      const kept = content && content.byteLength <= room ? { content } : {};
      room -= kept.content?.byteLength ?? 0;
      const { window, page } = exchange;
      return { key, start: Date.parse(window.start), page: page?.number ?? 1, of: { ...light(exchange), ...kept } };
    },
    { concurrency: READS },
  );
  return read
    .sort((a, b) => a.start - b.start || a.page - b.page || (a.key < b.key ? -1 : 1))
    .map((exchange) => exchange.of);
}

/** A partition may have thousands of exchanges, and most of each is what was sent along. */
const light = ({ partition, partitions, source, window, at, verdict, body }: Exchange): Fetched => ({
  ...{ partition, window, at, verdict, body },
  ...(partitions ? { partitions } : {}),
  ...(source ? { source } : {}),
});

/** The bodies of exchanges, verified. Those that answer for several partitions are decoded once for a few of them. */
export class Bodies {
  readonly #store: Store;
  readonly #shared = new Map<string, { readonly rows: readonly SourceRow[]; readonly bytes: number }>();
  #held = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Exchanges in their order, a few of them ahead of their turn, with the bodies that are small. @throws as `rowsOf` */
  ahead(exchanges: readonly Fetched[]): AsyncIterable<Fetched> {
    const read = async (exchange: Fetched): Promise<Fetched> => {
      const { body } = exchange;
      if (body.bytes > HELD || this.#shared.has(body.key)) return exchange;
      return { ...exchange, content: await this.#whole(exchange) };
    };
    return pMapIterable(exchanges, read, { concurrency: READS });
  }

  /** The rows of one that comes from `ahead`, some at a time, as they were fetched. @throws when the body is missing or not what was fetched */
  async *rowsOf(fetched: Fetched, { format }: ResolvedSource): AsyncGenerator<readonly SourceRow[]> {
    const { body, verdict, partitions, content } = fetched;
    if (body.bytes > HELD) return yield* this.#streamed(body, verdict, format);
    const known = this.#shared.get(body.key);
    if (known) return yield known.rows;
    const bytes = content ?? (await this.#whole(fetched));
    if (verdict === "empty") return;
    const rows = fitsSmall(bytes, format) ? decodeSmall(bytes, format) : await all(decodeRows(bytes, format));
    if (partitions) this.#share(body, rows);
    yield rows;
  }

  async #whole({ body, content }: Fetched): Promise<Uint8Array> {
    const bytes = content ?? (await readBody(this.#store, body));
    if (!bytes) throw missing(this.#store, body);
    check(this.#store, body, digestOf(bytes));
    return bytes;
  }

  #share({ key, bytes }: Exchange["body"], rows: readonly SourceRow[]): void {
    if (this.#shared.has(key)) return;
    this.#shared.set(key, { rows, bytes });
    this.#held += bytes;
    for (const [oldest, { bytes: freed }] of this.#shared) {
      if (this.#held <= SHARED) return;
      this.#shared.delete(oldest);
      this.#held -= freed;
    }
  }

  async *#streamed(
    body: Exchange["body"],
    verdict: Exchange["verdict"],
    format: Format,
  ): AsyncGenerator<readonly SourceRow[]> {
    const pieces = await this.#store.read(body.key);
    if (!pieces) throw missing(this.#store, body);
    const digest = createHash("sha256");
    const digested = async function* (): AsyncGenerator<Uint8Array> {
      for await (const piece of pieces) {
        digest.update(piece);
        yield piece;
      }
    };
    if (verdict === "empty") for await (const _ of digested());
    else yield* decodeRows(digested(), format);
    check(this.#store, body, digest.digest("hex"));
  }
}

async function all(parts: AsyncIterable<SourceRow[]>): Promise<SourceRow[]> {
  const lists: SourceRow[][] = [];
  for await (const rows of parts) lists.push(rows);
  return lists.flat();
}

const missing = (store: Store, { key }: Exchange["body"]): Error => new Error(`${store.location}/${key} is missing`);

function check(store: Store, { key, sha256: fetched }: Exchange["body"], sha256: string): void {
  if (sha256 !== fetched)
    throw new Error(`${store.location}/${key} is damaged: its SHA-256 is ${sha256}, fetched was ${fetched}`);
}
