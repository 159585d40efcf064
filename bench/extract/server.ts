/**
 * The source, in a process of its own: `server.ts [--limit <requests a second>]`. It writes its URL, and says at `/stats` what
 * was asked of it.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { tokenBucket } from "../../runtime/replay/limits.ts";
import { PAGES, pageOf, SYMBOLS } from "./bars.ts";

const LATENCY = 20;

const { values } = parseArgs({ options: { limit: { type: "string" } } });
const perSecond = Number(values.limit ?? 0);
const allowed = perSecond ? tokenBucket({ perSecond, burst: perSecond }, Date.now) : () => true;

const pages = new Map<string, Buffer>(
  SYMBOLS.flatMap((symbol) =>
    Array.from({ length: PAGES }, (_, page) => [`/bars/${symbol} ${page}`, Buffer.from(pageOf(symbol, page))] as const),
  ),
);

const stats = { requests: 0, refused: 0, first: 0, last: 0 };

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  if (pathname === "/stats") return response.end(JSON.stringify(stats));
  const now = Date.now();
  stats.requests += 1;
  stats.first ||= now;
  stats.last = now;
  const isAllowed = allowed();
  if (!isAllowed) stats.refused += 1;
  const body = pages.get(`${pathname} ${searchParams.get("page_token") ?? 0}`);
  await wait(LATENCY);
  if (!isAllowed) return response.writeHead(429, { "retry-after": "1" }).end();
  if (!body) return response.writeHead(404).end();
  return response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
