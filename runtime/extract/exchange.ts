import { createHash } from "node:crypto";
import type { Interval } from "../dataset/interval.ts";
import { Moment } from "../dataset/moment.ts";
import { jsonBytes, putOnce } from "../store/documents.ts";
import type { Exchange } from "../store/exchange.ts";
import { exchangeKey, rawBodyKey, rawName } from "../store/layout.ts";
import type { Store } from "../store/store.ts";
import type { HttpAnswer, HttpRequest } from "./request.ts";

/** Headers that say something about the body; others, cookies among them, are not kept. */
const KEPT =
  /^(content-type|content-language|date|etag|last-modified|age|cache-control|retry-after|x-.*|.*ratelimit.*)$/;

/** What `keepExchange` needs to know beside the request and its answer. */
export interface ExchangeContext {
  readonly dataset: string;
  readonly partition: string;
  readonly window: Interval;
  readonly run: string;
  readonly verdict: Exchange["verdict"];
  /** When the answer was complete, Unix milliseconds. */
  readonly at: number;
}

/**
 * Stores the body as it came, then the record that points to it: whoever finds a record finds its body.
 * Both are written once: the name is made from what was asked and answered, so that the same exchange within a second
 * meets itself and stays as it was.
 */
export async function keepExchange(
  store: Store,
  request: HttpRequest,
  answer: HttpAnswer,
  context: ExchangeContext,
): Promise<void> {
  const { dataset, partition, window, run, verdict, at } = context;
  const sha256 = createHash("sha256").update(answer.body).digest("hex");
  const digest = createHash("sha256")
    .update(JSON.stringify([request.method, request.url, answer.status, sha256]))
    .digest("hex");
  const name = rawName(new Date(at), digest);
  const body = rawBodyKey(dataset, partition, name, "json");
  const record: Exchange = {
    version: 1,
    dataset,
    partition,
    window: { start: new Moment(window.start).toString(), end: new Moment(window.end).toString() },
    run,
    at: new Date(at).toISOString(),
    request: { method: request.method, url: request.url, headers: request.shown },
    verdict,
    response: {
      status: answer.status,
      headers: Object.fromEntries(Object.entries(answer.headers).filter(([header]) => KEPT.test(header))),
    },
    body: { key: body, bytes: answer.body.byteLength, sha256 },
  };
  await putOnce(store, body, answer.body, {
    contentType: answer.headers["content-type"] ?? "application/octet-stream",
  });
  await putOnce(store, exchangeKey(dataset, partition, name), jsonBytes(record), { contentType: "application/json" });
}
