import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { type Answer, deliver, type Fault } from "./faults.ts";

export type { Answer, Fault } from "./faults.ts";

/** A request as it came in. */
export interface Asked {
  /** 1 for the first request since the server started. */
  readonly nth: number;
  /** Arrival by the server's clock, Unix milliseconds. */
  readonly at: number;
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Empty when there is none. */
  readonly body: string;
}

/** What a source says to a request. */
export type Handler = (request: Asked) => Answer | Promise<Answer>;

/** A request and what became of it. */
export interface LoggedRequest extends Asked {
  /** The status that was sent; undefined while there is none, and for good when the connection was reset. */
  readonly status: number | undefined;
  readonly fault: Fault["kind"] | undefined;
}

export interface ReplayOptions {
  /** @default 0, a free port */
  readonly port?: number;
  /** Unix milliseconds; what rate limits and the log go by. @default Date.now */
  readonly now?: () => number;
  /** Real milliseconds before each answer. @default 0 */
  readonly latencyMs?: number;
}

/** A running server and everything that can be asked of it or done to it; nothing of this is reachable by HTTP. */
export interface ReplayServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** Every request, in the order of arrival: `requests[nth - 1]`. */
  readonly requests: readonly LoggedRequest[];
  /** The most requests that were unanswered at the same time. */
  readonly maxInFlight: number;
  /** How many answers had this status. */
  answered(status: number): number;
  /**
   * Misbehaves: on the nth request since the start, or on every request that the predicate picks, at most `times` times.
   * The first fault that applies wins.
   * @returns a function that ends it
   */
  fail(when: number | ((request: Asked) => boolean), fault: Fault, times?: number): () => void;
  /** Ends all connections, also those in the middle of an answer. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface PlannedFault {
  readonly applies: (request: Asked) => boolean;
  readonly fault: Fault;
  left: number;
}

/** Starts a server on the loopback interface. @param headers sent with every answer, injected ones included */
export async function startReplay(
  handle: Handler,
  { port = 0, now = Date.now, latencyMs = 0 }: ReplayOptions = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<ReplayServer> {
  const requests: { -readonly [Field in keyof LoggedRequest]: LoggedRequest[Field] }[] = [];
  const planned = new Set<PlannedFault>();
  const closing = new AbortController();
  let inFlight = 0;
  let maxInFlight = 0;

  const faultFor = (request: Asked): Fault | undefined => {
    for (const plan of planned) {
      if (!plan.applies(request)) continue;
      plan.left -= 1;
      if (plan.left === 0) planned.delete(plan);
      return plan.fault;
    }
    return undefined;
  };

  const server = createServer(async (incoming, response) => {
    const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
    const arrived = {
      nth: requests.length + 1,
      at: now(),
      method: incoming.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
    };
    const entry: (typeof requests)[number] = { ...arrived, body: "", status: undefined, fault: undefined };
    requests.push(entry);
    inFlight += 1;
    maxInFlight = Math.max(maxInFlight, inFlight);
    let open = true;
    const settle = (status: number | undefined): void => {
      if (!open) return;
      open = false;
      inFlight -= 1;
      entry.status = status;
    };
    response.on("close", () => settle(undefined));
    try {
      const body = bodyOf(incoming);
      entry.body = typeof body === "string" ? body : await body;
      const asked: Asked = { ...arrived, body: entry.body };
      const fault = faultFor(asked);
      entry.fault = fault?.kind;
      const answer = (): Answer | Promise<Answer> => handle(asked);
      if (latencyMs > 0) await wait(latencyMs, undefined, { signal: closing.signal });
      await deliver({ response, answer, fault, headers, closing: closing.signal, settle });
    } catch (error) {
      // Whoever asked went away before the whole request was here.
      if (!closing.signal.aborted && !incoming.errored) throw error;
    }
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address() as AddressInfo;

  const close = async (): Promise<void> => {
    closing.abort();
    if (!server.listening) return;
    await new Promise<void>((resolve, reject) => {
      server.close((error) => (error ? reject(error) : resolve()));
      server.closeAllConnections();
    });
  };

  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    get maxInFlight() {
      return maxInFlight;
    },
    answered: (status) => requests.filter((request) => request.status === status).length,
    fail(when, fault, times = typeof when === "number" ? 1 : Number.POSITIVE_INFINITY) {
      const applies = typeof when === "number" ? (request: Asked) => request.nth === when : when;
      const plan: PlannedFault = { applies, fault, left: times };
      planned.add(plan);
      return () => {
        planned.delete(plan);
      };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A request without a body is answered in the order of its arrival. */
const bodyOf = (incoming: IncomingMessage): string | Promise<string> =>
  incoming.headers["content-length"] || incoming.headers["transfer-encoding"] ? text(incoming) : "";
