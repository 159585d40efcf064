import type { Clock } from "../dataset/clock.ts";
import type { Dataset } from "../dataset/definition.ts";
import { DAY, milliseconds } from "../dataset/duration.ts";
import { messageOf, UserError } from "../dataset/errors.ts";
import { jsonBody } from "../dataset/format.ts";
import type { Interval } from "../dataset/interval.ts";
import { Moment, startOfDate } from "../dataset/moment.ts";
import type { Page } from "../dataset/pages.ts";
import type { ResolvedSource } from "../dataset/source.ts";
import { toWindow } from "../dataset/window.ts";
import { decodeRows } from "../decode/index.ts";
import { Budgets } from "../extract/budget.ts";
import { HttpClient } from "../extract/client.ts";
import { Pagination } from "../extract/pages.ts";
import { buildRequest, type HttpAnswer, type HttpRequest, nodeFetch } from "../extract/request.ts";
import type { SwapStore } from "../extract/shared-budget.ts";
import { judge, type Verdict } from "../extract/verdict.ts";
import type { Rejected } from "../process/quarantine.ts";
import { nothing, RowReader } from "../process/reader.ts";
import type { Exchange } from "../store/exchange.ts";
import type { StoredValue } from "../store/records.ts";
import type { Content } from "../store/store.ts";
import { askedOf, wantedOf } from "../tasks/wanted.ts";
import { UsageError } from "./usage.ts";

export interface OnePageOptions {
  readonly dataset: Dataset;
  readonly partition: string;
  /** First day of the window. @default the newest window */
  readonly from: string | undefined;
  readonly clock: Clock;
  secret(name: string): string;
  readonly signal: AbortSignal;
  /** Where a refresh token that the source renews is kept: to ask may use up the one before it. */
  readonly store: SwapStore;
}

/** One answer of a source, and what would be stored of it. */
export interface Asked {
  readonly partition: string;
  /** Half-open, ISO 8601. */
  readonly window: { readonly start: string; readonly end: string };
  /** Without any secret. */
  readonly request: HttpRequest["shown"] & { readonly method: string };
  readonly status: number;
  readonly bytes: number;
  readonly outcome: Verdict["kind"];
  /** What the source said, when it is no data. */
  readonly problem: string | undefined;
  /** In the order of the schema. */
  readonly records: readonly (readonly StoredValue[])[];
  readonly rejected: readonly Rejected[];
  /** Rows that do not belong to the window. */
  readonly outside: number;
  /** Whether there is a next page. */
  readonly more: boolean;
}

/** Asks for the first page of one window. Nothing is tried again, and nothing of the answer is stored. */
export async function askOnePage(options: OnePageOptions): Promise<Asked> {
  const { dataset, partition, clock, secret, signal, store } = options;
  const { source } = dataset;
  const window = windowOf(options);
  const parts = source.request({
    partition: { [dataset.partitions.field]: partition },
    partitions: [partition],
    window: toWindow(window, source.windows),
    page: FIRST,
    now: new Moment(clock.now()),
  });
  const budget = new Budgets(clock).of(source);
  const client = new HttpClient({ source, secret, fetch: nodeFetch, clock, budget, store });
  const send = async (request: HttpRequest, judged: ResolvedSource): Promise<Answered> => {
    const exchanged = await client.send(request, signal);
    const graphql = parts.body !== undefined && "graphql" in parts.body;
    return { ...exchanged, verdict: await judge(exchanged.answer, judged, { now: clock.now(), graphql }) };
  };
  try {
    const request = buildRequest(source, parts);
    const { pages } = source;
    if (pages.kind !== "export") return await look(options, window, await send(request, source));
    const prepared = await send(request, { ...source, format: jsonBody({ rows: () => [] }) });
    const about = prepared.verdict.kind === "data" ? prepared.verdict.scanned.value : undefined;
    const link = about === undefined ? undefined : pages.link(about);
    if (link === undefined)
      return await look(options, window, { ...prepared, verdict: beingMade(prepared, pages.every) });
    await prepared.answer.dispose();
    return await look(options, window, await send(client.follow(link, request), source));
  } catch (error) {
    if (error instanceof UserError || signal.aborted) throw error;
    throw new UserError(`${dataset.name} cannot be asked: ${messageOf(error)}`, [], { cause: error });
  } finally {
    client.close();
  }
}

interface Answered {
  readonly request: HttpRequest;
  readonly answer: HttpAnswer;
  readonly verdict: Verdict;
}

const beingMade = ({ verdict }: Answered, every: string): Verdict =>
  verdict.kind === "data" ? { kind: "retry", problem: `the file is being made: check again in ${every}` } : verdict;

const FIRST: Page = { number: 1, offset: 0, token: undefined };

/** What would be stored of an answer. */
async function look({ dataset, partition }: OnePageOptions, window: Interval, answered: Answered): Promise<Asked> {
  const { request, answer, verdict } = answered;
  const { pages } = dataset.source;
  try {
    const exchange = exchangeOf(dataset, partition, window, request, answer);
    const asked = {
      partition,
      window: exchange.window,
      request: { method: request.method, ...request.shown },
      status: answer.status,
      bytes: answer.bytes,
    };
    const nothingRead = { records: [], rejected: [], outside: 0, more: false };
    if (verdict.kind !== "data")
      return { ...asked, outcome: verdict.kind, problem: problemOf(verdict), ...nothingRead };
    const read = await readPage(dataset, exchange, answer.body);
    return {
      ...asked,
      outcome: verdict.kind,
      problem: undefined,
      ...read,
      outside: verdict.scanned.rows - read.records.length - read.rejected.length,
      more: new Pagination(pages).after(FIRST, { ...verdict.scanned, ...answer }) !== undefined,
    };
  } finally {
    await answer.dispose();
  }
}

async function readPage(
  dataset: Dataset,
  exchange: Exchange,
  body: Content,
): Promise<Pick<Asked, "records" | "rejected">> {
  const into = nothing(dataset);
  const reader = new RowReader(dataset).of(exchange, into);
  for await (const rows of decodeRows(body, dataset.source.format)) reader.read(rows);
  const { values, raw } = into.records;
  return { records: raw.map((_, row) => values.map((column) => column[row] ?? null)), rejected: into.rejected };
}

function windowOf({ dataset, from, clock }: OnePageOptions): Interval {
  const { windows } = dataset.source;
  const step = milliseconds(windows.step);
  if (windows.snapshot) {
    const bucket = milliseconds(windows.granularity);
    const { start } = askedOf(dataset, clock.now(), {});
    return { start, end: start + bucket };
  }
  const wanted = wantedOf(dataset, clock.now());
  const start = from === undefined ? Math.max(wanted.start, wanted.end - step) : startOfDate(from);
  if (Number.isNaN(start) || (from !== undefined && start + DAY > wanted.end))
    throw new UsageError("cannot check then:", [
      {
        path: "--from",
        problem: Number.isNaN(start) ? "is no day" : "is not complete yet",
        value: from,
        allowed: "YYYY-MM-DD, a day that is over",
      },
    ]);
  return { start, end: Math.min(wanted.end, start + step) };
}

const exchangeOf = (
  dataset: Dataset,
  partition: string,
  window: Interval,
  { method, shown }: HttpRequest,
  { status, headers, bytes, sha256 }: HttpAnswer,
): Exchange => ({
  version: 1,
  dataset: dataset.name,
  partition,
  ...(dataset.sourceName === "default" ? {} : { source: dataset.sourceName }),
  window: { start: new Moment(window.start).toString(), end: new Moment(window.end).toString() },
  run: "check",
  at: new Date().toISOString(),
  request: { method, ...shown },
  verdict: "data",
  response: { status, headers },
  body: { key: "", bytes, sha256 },
});

const problemOf = (verdict: Verdict): string | undefined =>
  "problem" in verdict ? verdict.problem : "message" in verdict ? verdict.message : undefined;
