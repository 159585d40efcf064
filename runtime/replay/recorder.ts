import nodeFetch, { type RequestInit, type Response } from "node-fetch";
import type { Answer } from "./faults.ts";
import { type Fixture, fixtureWriter } from "./fixtures.ts";
import { type Redaction, redactHeaders, redactQuery, redactText } from "./redact.ts";
import { type Asked, type ReplayOptions, type ReplayServer, startReplay } from "./server.ts";

export interface RecorderOptions extends Redaction, ReplayOptions {
  /** Base URL of the real source. */
  readonly source: string;
  /** Where the exchanges are kept, one file each. */
  readonly folder: string;
  /** @default node-fetch */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** Headers of a connection rather than of a message: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const OF_CONNECTION = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "te",
  "upgrade",
  "content-length",
  "host",
]);

/**
 * A server that asks the real source what it is asked, gives back its answers, and keeps each exchange as a file without secrets.
 * Give its `url` to a dataset, run it once, then play the folder back with `recordingsIn`.
 */
export async function startRecorder(options: RecorderOptions): Promise<ReplayServer> {
  const keep = await fixtureWriter(options.folder);
  const ask = options.fetch ?? nodeFetch;
  return startReplay(async (asked) => {
    const base = options.source.replace(/\/$/, "");
    const query = asked.query.toString();
    const response = await ask(`${base}${asked.path}${query ? `?${query}` : ""}`, {
      method: asked.method,
      headers: { ...forwarded(asked.headers), "accept-encoding": "identity" },
      redirect: "manual",
      compress: false,
      ...(asked.body ? { body: asked.body } : {}),
    });
    const answer = {
      status: response.status,
      headers: forwarded(Object.fromEntries(response.headers)),
      body: new Uint8Array(await response.arrayBuffer()),
    };
    await keep(fixtureOf(asked, answer, options));
    return answer;
  }, options);
}

const forwarded = (headers: Asked["headers"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !OF_CONNECTION.has(name))
      .map(([name, value]) => [name, String(value)]),
  );

function fixtureOf(asked: Asked, { status, headers = {}, body }: Answer, redaction: Redaction): Fixture {
  return {
    request: {
      method: asked.method,
      path: redactText(asked.path, redaction),
      query: redactQuery(asked.query, redaction),
      headers: redactHeaders(forwarded(asked.headers), redaction),
      body: redactText(asked.body, redaction),
    },
    response: { status, headers: redactHeaders(headers, redaction), body: kept(Buffer.from(body), redaction) },
  };
}

function kept(body: Buffer, redaction: Redaction): Fixture["response"]["body"] {
  try {
    return redactText(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body), redaction);
  } catch {
    return { base64: body.toString("base64") };
  }
}
