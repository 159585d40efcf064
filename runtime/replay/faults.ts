import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";

/** What a server says to one request. */
export interface Answer {
  readonly status: number;
  /** Added to `content-type: application/json` and the content length; may override both. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A way in which a source misbehaves. Times are real milliseconds, whatever clock the server reads. */
export type Fault =
  /** This instead of the true answer, which is not even computed: an error status, or a 200 that carries an error. */
  | { readonly kind: "answer"; readonly answer: Answer }
  /** The true answer with its content length, but the connection ends after `keep` bytes of the body, or half of it. */
  | { readonly kind: "truncate"; readonly keep?: number }
  /** The connection is reset before the first byte of an answer. */
  | { readonly kind: "reset" }
  /** The true answer in pieces of `bytes`, one every `everyMs`. */
  | { readonly kind: "drip"; readonly bytes: number; readonly everyMs: number }
  /** The true answer, `ms` late. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The true answer with a content length that is wrong by so many bytes; then the connection ends. */
  | { readonly kind: "contentLength"; readonly by: number }
  /** The true answer compressed. @param header whether it says so in `content-encoding`. @default false */
  | { readonly kind: "gzip"; readonly header?: boolean };

/** What a gateway says when the source behind it is gone. */
export const badGateway: Fault = {
  kind: "answer",
  answer: {
    status: 502,
    headers: { "content-type": "text/html" },
    body: "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>",
  },
};

export const noContent: Fault = { kind: "answer", answer: { status: 204, body: "" } };

/** @param to a URL, or a path of the same server */
export const redirect = (to: string, status: 301 | 302 | 303 | 307 | 308 = 302): Fault => ({
  kind: "answer",
  answer: { status, headers: { location: to }, body: "" },
});

export interface Delivery {
  readonly response: ServerResponse;
  /** The true answer. */
  readonly answer: () => Answer | Promise<Answer>;
  readonly fault: Fault | undefined;
  /** Sent with every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
  /** Called right before the last byte or the end of the connection, with the status that was sent, if any. */
  readonly settle: (status: number | undefined) => void;
}

/** Sends the answer, in the way that the fault wants. */
export async function deliver({ response, answer, fault, headers, closing, settle }: Delivery): Promise<void> {
  if (fault?.kind === "reset") {
    settle(undefined);
    response.socket?.resetAndDestroy();
    return;
  }
  if (fault?.kind === "delay") await wait(fault.ms, undefined, { signal: closing });
  const said = fault?.kind === "answer" ? fault.answer : await answer();
  const plain = typeof said.body === "string" ? Buffer.from(said.body) : said.body;
  const body = fault?.kind === "gzip" ? gzipSync(plain) : plain;
  response.writeHead(said.status, {
    "content-type": "application/json",
    "content-length": body.length + (fault?.kind === "contentLength" ? fault.by : 0),
    ...(fault?.kind === "gzip" && fault.header ? { "content-encoding": "gzip" } : {}),
    ...headers,
    ...said.headers,
  });
  if (fault?.kind === "truncate" || fault?.kind === "contentLength") {
    await write(
      response,
      fault.kind === "truncate" ? body.subarray(0, fault.keep ?? Math.floor(body.length / 2)) : body,
    );
    settle(said.status);
    response.destroy();
    return;
  }
  if (fault?.kind === "drip") {
    for (let sent = 0; sent < body.length && !response.destroyed; sent += fault.bytes) {
      await write(response, body.subarray(sent, sent + fault.bytes));
      await wait(fault.everyMs, undefined, { signal: closing });
    }
    settle(said.status);
    response.end();
    return;
  }
  settle(said.status);
  response.end(body);
}

/** Resolves when the bytes are out, or the connection is gone. */
const write = (response: ServerResponse, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    response.flushHeaders();
    response.write(bytes, () => resolve());
  });
