import fetch, { type RequestInit, type Response } from "node-fetch";
import type { Format } from "../dataset/format.ts";
import { Moment } from "../dataset/moment.ts";
import type { RequestParts, ResolvedSource } from "../dataset/source.ts";
import type { Content } from "../store/store.ts";
import { Refused } from "./failure.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;
export const nodeFetch: Fetch = fetch;

/** The names of headers are in lower case. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What it takes of the budget's rules that count costs. */
  readonly cost: number;
  /** The same without any secret, as it may be kept and shown. */
  readonly shown: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  };
}

/** A whole answer. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; several of one name are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes as they came, compressed ones included; a large body is a temporary file. */
  readonly body: Content;
  /** Of the body, hexadecimal. */
  readonly sha256: string;
  /** Of the body. */
  readonly bytes: number;
  /** Where it came from, after redirects, without any secret. */
  readonly url: string;
  /** A text without the secrets that were sent, for a message: a source may repeat them. */
  redact?(text: string): string;
  /** Gives the memory or the temporary file of the body back: nobody may read it any more. */
  dispose(): Promise<void>;
}

const USER_AGENT = "tidegate/0.1";

const ACCEPTED: Readonly<Record<Format["kind"], string>> = {
  json: "application/json",
  ndjson: "application/x-ndjson, */*;q=0.5",
  csv: "text/csv, */*;q=0.5",
  zip: "application/zip, */*;q=0.5",
  text: "*/*",
};

/** What says nothing of who asks, and so may be sent to any host. */
const NEUTRAL = ["accept", "accept-encoding", "user-agent"];

/** The request that a definition describes, without credentials. @throws Refused for what HTTP cannot say */
export function buildRequest(source: ResolvedSource, parts: RequestParts): HttpRequest {
  const url = urlOf(source.url, parts);
  const body = parts.body && bodyOf(parts.body);
  if (body && parts.method === "GET") throw new Refused(`${new URL(url).host} cannot be sent a body with GET`);
  return unsigned({
    method: parts.method ?? (body ? "POST" : "GET"),
    url,
    headers: {
      accept: ACCEPTED[source.format.kind],
      "accept-encoding": "gzip",
      "user-agent": USER_AGENT,
      ...(body ? { "content-type": body.type } : {}),
      ...lowerCased(parts.headers ?? {}),
    },
    ...(body ? { body: body.text } : {}),
    cost: parts.cost ?? 1,
  });
}

/** A request in which there is nothing to hide. */
export const unsigned = (request: Omit<HttpRequest, "shown">): HttpRequest => ({
  ...request,
  shown: {
    url: request.url,
    headers: request.headers,
    ...(request.body === undefined ? {} : { body: request.body }),
  },
});

/** Of the headers those that may be sent to a host that must not know who asks. */
export const neutral = (headers: HttpRequest["headers"]): HttpRequest["headers"] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => NEUTRAL.includes(name)));

export const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function urlOf(base: string, { path, query }: RequestParts): string {
  const segments = path.map(String);
  const lost = segments.find((segment) => segment === "." || segment === "..");
  // A URL has no such segments, not even encoded: they would name another place. https://url.spec.whatwg.org/#double-dot-path-segment
  if (lost !== undefined)
    throw new Refused(`${new URL(base).host} cannot be asked for a path with ${JSON.stringify(lost)}`);
  const url = new URL(
    segments.length ? [base.replace(/\/$/, ""), ...segments.map(encodeURIComponent)].join("/") : base,
  );
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined) url.searchParams.set(name, value instanceof Moment ? value.toString() : String(value));
  return url.href;
}

function bodyOf(body: NonNullable<RequestParts["body"]>): { readonly type: string; readonly text: string } {
  if ("form" in body)
    return { type: "application/x-www-form-urlencoded", text: new URLSearchParams(body.form).toString() };
  const json = "json" in body ? body.json : { query: body.graphql, variables: body.variables ?? {} };
  return { type: "application/json", text: JSON.stringify(json) };
}
