import fetch, { type RequestInit, type Response } from "node-fetch";
import { messageOf } from "../dataset/errors.ts";
import { Moment } from "../dataset/moment.ts";
import type { RequestParts, ResolvedSource } from "../dataset/source.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;
export const nodeFetch: Fetch = fetch;

/** A request that can be sent: the secret is in `headers` and nowhere else. */
export interface HttpRequest {
  readonly method: "GET";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The headers as they may be kept. */
  readonly shown: Readonly<Record<string, string>>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const TIMEOUT = 60_000;
/** Bytes; a larger body is refused rather than held in memory. */
const LARGEST_BODY = 64 * 1024 * 1024;
const USER_AGENT = "tidegate/0.1";

export function buildRequest(source: ResolvedSource, parts: RequestParts, secret: string | undefined): HttpRequest {
  const url = new URL(
    `${source.url.replace(/\/$/, "")}/${parts.path.map((part) => encodeURIComponent(part)).join("/")}`,
  );
  for (const [name, value] of Object.entries(parts.query ?? {}))
    if (value !== undefined) url.searchParams.set(name, value instanceof Moment ? value.toString() : String(value));
  const headers = { accept: "application/json", "user-agent": USER_AGENT, ...parts.headers };
  const { auth } = source;
  if (auth.kind === "none") return { method: "GET", url: url.href, headers, shown: headers };
  return {
    method: "GET",
    url: url.href,
    headers: { ...headers, [auth.header]: `${auth.prefix}${secret}` },
    shown: { ...headers, [auth.header]: `${auth.prefix}[redacted]` },
  };
}

/**
 * Sends it and reads the whole body. Redirects are answers, not followed: they could carry the secret elsewhere.
 * @throws when there is no complete answer: no connection, a body that ends early, a time-out, the signal's reason
 */
export async function send(request: HttpRequest, fetch: Fetch, signal: AbortSignal): Promise<HttpAnswer> {
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: { ...request.headers },
      redirect: "manual",
      size: LARGEST_BODY,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
    });
    const body = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, headers: Object.fromEntries(response.headers), body };
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`${new URL(request.url).host} gave no whole answer: ${reasonOf(error)}`, { cause: error });
  }
}

/** node-fetch names the whole URL in its message; the reason is what tells one failure from another. */
const reasonOf = (error: unknown): string => messageOf(error).replace(/^.*, reason: /s, "");
