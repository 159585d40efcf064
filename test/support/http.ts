import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { RequestParts, ResolvedSource } from "../../runtime/dataset/source.ts";
import { Budgets } from "../../runtime/extract/budget.ts";
import { type Exchanged, HttpClient, type HttpClientOptions } from "../../runtime/extract/client.ts";
import { buildRequest, nodeFetch } from "../../runtime/extract/request.ts";
import { JumpingClock } from "./clock.ts";
import { sourceOf } from "./source.ts";

export const never = new AbortController().signal;

/** A request as a server got it. */
export interface Got {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface RawServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly host: string;
  readonly got: readonly Got[];
  /** Connections that were made. */
  readonly connections: number;
}

/** A server on the loopback interface that answers with any bytes, also wrong ones. */
export async function startServer(answer: (got: Got, response: ServerResponse) => void): Promise<RawServer> {
  const got: Got[] = [];
  let connections = 0;
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const one = {
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      body: Buffer.concat(pieces).toString(),
    };
    got.push(one);
    answer(one, response);
  });
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    got,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const ok =
  (body = "[]") =>
  (_got: Got, response: ServerResponse): void => {
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  };

export interface TestClient extends Disposable {
  readonly client: HttpClient;
  readonly source: ResolvedSource;
  readonly clock: JumpingClock;
  /** Builds and sends. */
  ask(parts?: Partial<RequestParts>, signal?: AbortSignal): Promise<Exchanged>;
}

/** A client for a source, with a clock of its own; every secret's value is its name and `-value`. */
export function clientOf(
  url: string,
  changes: Partial<ResolvedSource> = {},
  options: Partial<HttpClientOptions> = {},
): TestClient {
  const source = sourceOf(url, changes);
  const clock = new JumpingClock(Date.UTC(2024, 4, 1, 12));
  const client = new HttpClient({
    source,
    secret: (name) => `${name}-value`,
    fetch: nodeFetch,
    clock,
    budget: new Budgets(clock).of(source),
    ...options,
  });
  return {
    client,
    source,
    clock,
    ask: (parts = {}, signal = never) => client.send(buildRequest(source, { path: [], ...parts }), signal),
    [Symbol.dispose]: () => client.close(),
  };
}
