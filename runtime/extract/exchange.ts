import { hash } from "node:crypto";
import { open } from "node:fs/promises";
import pMap from "p-map";
import type { Dataset } from "../dataset/definition.ts";
import type { Format } from "../dataset/format.ts";
import type { Interval } from "../dataset/interval.ts";
import { Moment } from "../dataset/moment.ts";
import { MAGIC_BYTES, suffixOf } from "../decode/index.ts";
import type { Exchange, ExchangePage, ExchangeVia } from "../store/exchange.ts";
import {
  type ExchangeBody,
  type ExchangeRecord,
  putBatchBody,
  putExchange,
  putRecord,
  withBody,
} from "../store/exchanges.ts";
import { rawName } from "../store/layout.ts";
import type { Content, Store } from "../store/store.ts";
import type { HttpAnswer, HttpRequest } from "./request.ts";

/** Headers that say something about the body; others, cookies among them, are not kept. */
const KEPT =
  /^(content-type|content-encoding|content-language|date|etag|last-modified|age|cache-control|retry-after|x-.*|.*ratelimit.*)$/;

/** Records of one batch that are written at the same time. */
const WRITES = 16;

/** A partition that an exchange is kept for. */
export interface Member {
  readonly partition: string;
  readonly lease: { readonly token: number; readonly sequence: number };
  /** The new end of what its history reaches to, when a row said that it has changed; Unix milliseconds. */
  readonly restates: number | undefined;
}

/** What `keepExchange` needs to know beside the request and its answer. */
export interface ExchangeContext {
  readonly dataset: Pick<Dataset, "name" | "sourceName"> & { readonly source: { readonly format: Format } };
  /** What the request was about. */
  readonly asked: readonly string[];
  readonly members: readonly Member[];
  readonly window: Interval;
  /** Undefined where a window has only one. */
  readonly page: ExchangePage | undefined;
  readonly run: string;
  readonly verdict: Exchange["verdict"];
  /** What led to it. */
  readonly via?: ExchangeVia | undefined;
  /** When the answer was complete, Unix milliseconds. */
  readonly at: number;
}

/** Stores an answer for each partition that it was asked for, once, under a name made from what was asked and answered. */
export async function keepExchange(
  store: Store,
  request: HttpRequest,
  answer: HttpAnswer,
  context: ExchangeContext,
): Promise<void> {
  const { dataset, asked, members, at } = context;
  const digest = hash("sha256", JSON.stringify([request.method, request.shown, answer.status, answer.sha256, members]));
  const name = rawName(new Date(at), digest);
  const body: ExchangeBody = {
    content: answer.body,
    ...{ bytes: answer.bytes, sha256: answer.sha256 },
    extension: await extensionOf(dataset.source.format, answer.body),
    contentType: answer.headers["content-type"] ?? "application/octet-stream",
  };
  const common = commonRecord(request, answer, context);
  const records = members.map((member) => recordOf(common, member));
  const [only] = records;
  if (only && asked.length === 1) return putExchange(store, name, only, body);
  const key = await putBatchBody(store, dataset.name, name, body);
  await pMap(records, (record) => putRecord(store, name, withBody(record, key, body)), { concurrency: WRITES });
}

const recordOf = (
  common: Omit<ExchangeRecord, "partition">,
  { partition, lease, restates }: Member,
): ExchangeRecord => ({
  ...common,
  partition,
  lease,
  ...(restates === undefined ? {} : { restates: new Moment(restates).toString() }),
});

function commonRecord(
  { method, shown }: HttpRequest,
  answer: HttpAnswer,
  { dataset, asked, window, page, run, verdict, via, at }: ExchangeContext,
): Omit<ExchangeRecord, "partition"> {
  return {
    version: 1,
    dataset: dataset.name,
    ...(asked.length > 1 ? { partitions: asked } : {}),
    ...(dataset.sourceName === "default" ? {} : { source: dataset.sourceName }),
    window: { start: new Moment(window.start).toString(), end: new Moment(window.end).toString() },
    ...(page ? { page } : {}),
    run,
    at: new Date(at).toISOString(),
    request: { method, ...shown },
    ...(via ? { via } : {}),
    verdict,
    response: {
      status: answer.status,
      headers: Object.fromEntries(Object.entries(answer.headers).filter(([header]) => KEPT.test(header))),
    },
  };
}

const EXTENSIONS = { json: "json", ndjson: "ndjson", csv: "csv", zip: "zip", text: "txt" } as const;

async function extensionOf({ kind }: Format, body: Content): Promise<string> {
  const head = body instanceof Uint8Array ? body : await headOf(body.path);
  return `${EXTENSIONS[kind]}${suffixOf(head)}`;
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(MAGIC_BYTES), 0, MAGIC_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
