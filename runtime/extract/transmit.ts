import type { Agent } from "node:http";
import { messageOf, UserError } from "../dataset/errors.ts";
import { ADDRESS_REFUSED } from "./agents.ts";
import { PRIVATE_FIX } from "./destinations.ts";
import { NoAnswer, Refused } from "./failure.ts";
import type { Fetch, HttpAnswer, HttpRequest } from "./request.ts";
import { Spool } from "./spool.ts";

/** Bytes; whatever is larger is no answer to one question. */
const LARGEST_BODY = 16 * 1024 ** 3;

export interface Transmission {
  readonly fetch: Fetch;
  readonly agent: Agent;
  /** Milliseconds without a byte after which the source is given up; a slow answer may take as long as it likes. */
  readonly idleTimeout: number;
  /** The folder for large bodies. */
  readonly temporary: string;
  readonly signal: AbortSignal;
}

/**
 * Sends a request as it is and reads the whole answer, which may be a redirect.
 * @throws NoAnswer, Refused, UserError when the disk is full, the signal's reason
 */
export async function transmit(request: HttpRequest, options: Transmission): Promise<Omit<HttpAnswer, "url">> {
  const { fetch, agent, signal } = options;
  const { host } = new URL(request.url);
  signal.throwIfAborted();
  const watch = new Watch(options.idleTimeout, signal);
  const spool = new Spool(options.temporary);
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: { ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: "manual",
      compress: false,
      agent,
      signal: watch.signal,
    });
    for await (const piece of response.body ?? []) {
      watch.heard();
      await spool.write(piece as Uint8Array);
      if (spool.bytes > LARGEST_BODY) throw new Refused(`${host} sends more than ${LARGEST_BODY} bytes`);
    }
    return { status: response.status, headers: Object.fromEntries(response.headers), ...(await spool.finish()) };
  } catch (error) {
    await spool.discard();
    signal.throwIfAborted();
    throw failureOf(error, host, watch.timedOut ? options.idleTimeout : undefined);
  } finally {
    watch.end();
  }
}

/** Aborts what is under way when nothing has been heard of it for too long, or when the signal is. */
class Watch {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #outer: AbortSignal;
  readonly #abort = (): void => this.#controller.abort();
  timedOut = false;

  constructor(idleTimeout: number, outer: AbortSignal) {
    this.#outer = outer;
    outer.addEventListener("abort", this.#abort, { once: true });
    this.#timer = setTimeout(() => {
      this.timedOut = true;
      this.#abort();
    }, idleTimeout);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  heard(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener("abort", this.#abort);
  }
}

function failureOf(error: unknown, host: string, idle: number | undefined): unknown {
  if (error instanceof Refused || error instanceof UserError) return error;
  if (idle !== undefined) return new NoAnswer(`${host} sent nothing for ${idle / 1_000} seconds`, { cause: error });
  const reason = reasonOf(error);
  // A header that HTTP cannot carry, such as a secret with the end of its line.
  if (error instanceof TypeError) return new Refused(`${host} cannot be asked: ${reason}`, { all: true });
  if ((error as NodeJS.ErrnoException).code === ADDRESS_REFUSED)
    return new Refused(reason, { all: true, fix: PRIVATE_FIX });
  return new NoAnswer(`${host} gave no whole answer: ${reason}`, { cause: error });
}

/** node-fetch names the whole URL, key and all, in its message; the reason is what tells one failure from another. */
const reasonOf = (error: unknown): string => messageOf(error).replace(/^.*, reason: /s, "");
