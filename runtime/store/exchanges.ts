import { messageOf } from "../dataset/errors.ts";
import { release } from "./content.ts";
import { jsonBytes, putOnce, readJson } from "./documents.ts";
import type { Exchange } from "./exchange.ts";
import {
  batchFolder,
  exchangeKey,
  exchangeName,
  isPacked,
  nameOfRaw,
  packedKey,
  rawBodyKey,
  rawFolder,
} from "./layout.ts";
import type { Content, Store } from "./store.ts";

/** An exchange before its body has a place. */
export type ExchangeRecord = Omit<Exchange, "body">;

/** The answer's body, as it came. */
export interface ExchangeBody extends Omit<Exchange["body"], "key"> {
  readonly content: Content;
  /** Such as `json` or `csv.gz`. */
  readonly extension: string;
  readonly contentType: string;
}

/** An exchange as it was read, with the body where one object has both. */
export interface StoredExchange {
  readonly exchange: Exchange;
  readonly content: Uint8Array | undefined;
}

/** Bytes of a body up to which it lies in one object with its record. */
const SMALL = 256 * 1024;

const NEWLINE = 10;

/**
 * Stores what was asked of one partition and answered; what is there already stays as it is. A small body is packed with its
 * record: a line of JSON, then the body, verbatim. A large one is stored as it came, then the record that points to it:
 * whoever finds a record finds its body.
 * @param name made from what was asked and answered
 */
export async function putExchange(
  store: Store,
  name: string,
  record: ExchangeRecord,
  body: ExchangeBody,
): Promise<void> {
  const { dataset, partition } = record;
  const { content, extension, contentType } = body;
  if (content instanceof Uint8Array && content.byteLength <= SMALL) {
    const key = packedKey(dataset, partition, name, extension);
    const bytes = packed(withBody(record, key, body), content);
    await putOnce(store, key, bytes, { contentType: "application/octet-stream" });
    release(bytes);
    return;
  }
  const key = rawBodyKey(rawFolder(dataset, partition), name, extension);
  await putOnce(store, key, content, { contentType, followed: true });
  await putRecord(store, name, withBody(record, key, body));
}

/** Stores the body that answers for several partitions, under the key that is then given to `putRecord` for each of them. */
export async function putBatchBody(store: Store, dataset: string, name: string, body: ExchangeBody): Promise<string> {
  const key = rawBodyKey(batchFolder(dataset), name, body.extension);
  await putOnce(store, key, body.content, { contentType: body.contentType });
  return key;
}

/** Stores the record of a body that is stored already. */
export const putRecord = (store: Store, name: string, exchange: Exchange): Promise<void> =>
  putOnce(store, exchangeKey(exchange.dataset, exchange.partition, name), jsonBytes(exchange), {
    contentType: "application/json",
  });

export const withBody = (record: ExchangeRecord, key: string, { bytes, sha256 }: ExchangeBody): Exchange => ({
  ...record,
  body: { key, bytes, sha256 },
});

/** Keys of the exchanges below a prefix, in order. */
export async function* exchangeKeys(store: Store, prefix: string): AsyncGenerator<string> {
  for await (const { key } of store.list(prefix)) if (exchangeName(key) !== undefined) yield key;
}

/** Keys of a partition's exchanges by their names, in order. */
export async function exchangesOf(store: Store, dataset: string, partition: string): Promise<Map<string, string>> {
  const keys = new Map<string, string>();
  for await (const key of exchangeKeys(store, rawFolder(dataset, partition))) keys.set(nameOfRaw(key), key);
  return keys;
}

/** @param key of an exchange @returns undefined when it is not there @throws when it is damaged */
export async function readExchange(store: Store, key: string): Promise<StoredExchange | undefined> {
  if (isPacked(key)) {
    const bytes = (await store.get(key))?.body;
    return bytes && unpacked(bytes, `${store.location}/${key}`);
  }
  const found = await readJson<Exchange>(store, key);
  return found && { exchange: found.value, content: undefined };
}

/** The whole body, in memory. It is not verified. @returns undefined when it is not there */
export async function readBody(store: Store, { key }: Exchange["body"]): Promise<Uint8Array | undefined> {
  return isPacked(key) ? (await readExchange(store, key))?.content : (await store.get(key))?.body;
}

function packed(exchange: Exchange, content: Uint8Array): Uint8Array {
  const line = Buffer.from(`${JSON.stringify(exchange)}\n`);
  // Not of the pool, which could not be released.
  const bytes = Buffer.allocUnsafeSlow(line.byteLength + content.byteLength);
  bytes.set(line);
  bytes.set(content, line.byteLength);
  return bytes;
}

function unpacked(bytes: Uint8Array, place: string): StoredExchange {
  const end = bytes.indexOf(NEWLINE);
  try {
    const exchange = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as Exchange;
    return { exchange, content: bytes.subarray(end + 1) };
  } catch (error) {
    throw new Error(`${place} is damaged: its first line is no JSON (${messageOf(error)})`, { cause: error });
  }
}
