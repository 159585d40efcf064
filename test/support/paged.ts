import type { DatasetDefinition } from "../../runtime/dataset/definition.ts";
import { DAY } from "../../runtime/dataset/duration.ts";
import {
  counted,
  jsonBody,
  keyset,
  nextLink,
  nextToken,
  type Page,
  relay,
  type Schema,
} from "../../runtime/dataset/index.ts";
import type { HttpSource } from "../../runtime/dataset/source.ts";
import { type FakeAnswer, type FakeRequest, fakeDataset } from "./fake-source.ts";

type Source = Partial<HttpSource<"ticker">>;

export interface PagedKind {
  readonly source: Source;
  /** @param rows all of the window @param size of a page @param number of pages that are asked for, from 1 */
  answer(request: FakeRequest, rows: readonly object[], size: number): FakeAnswer;
}

const asked = (page: (page: Page) => Record<string, string | number | undefined>): Source => ({
  request: (context) => ({
    path: ["prices", context.partition.ticker],
    query: { from: context.window.first.date, to: context.window.last.date, ...page(context.page) },
  }),
});

const slice = (rows: readonly object[], start: number, size: number) => rows.slice(start, start + size);
const inItems = { format: jsonBody({ rows: "items" }) };
const at = ({ query }: FakeRequest, name: string): number => Number(query.get(name) ?? 0);

/** Sources that page in every way that there is; all rows of a window, `size` at a time. */
export const pagedKinds = (size: number): Readonly<Record<string, PagedKind>> => ({
  "numbers until an empty page": {
    source: { ...asked(({ number }) => ({ page: number })), pages: counted({ size, last: "empty" }) },
    answer: (request, rows) => ({ body: slice(rows, (at(request, "page") - 1) * size, size) }),
  },
  "offsets until a short page": {
    source: { ...asked(({ offset }) => ({ offset })), pages: counted({ size, last: "short" }) },
    answer: (request, rows) => ({ body: slice(rows, at(request, "offset"), size) }),
  },
  "numbers up to a total": {
    source: {
      ...inItems,
      ...asked(({ number }) => ({ page: number })),
      pages: counted({ size, last: { total: "total" } }),
    },
    answer: (request, rows) => ({
      body: { total: rows.length, items: slice(rows, (at(request, "page") - 1) * size, size) },
    }),
  },
  "numbers while there is more": {
    source: {
      ...inItems,
      ...asked(({ number }) => ({ page: number })),
      pages: counted({ size, last: { more: "meta.more" } }),
    },
    answer: (request, rows) => ({
      body: {
        meta: { more: at(request, "page") * size < rows.length },
        items: slice(rows, (at(request, "page") - 1) * size, size),
      },
    }),
  },
  "links in a header": {
    source: { ...asked(() => ({})), pages: nextLink("header") },
    answer: (request, rows) => ({
      body: slice(rows, at(request, "start"), size),
      headers: linked(request, rows, size).header,
    }),
  },
  "links in the body": {
    source: { ...inItems, ...asked(() => ({})), pages: nextLink({ body: "next" }) },
    answer: (request, rows) => ({
      body: { next: linked(request, rows, size).url, items: slice(rows, at(request, "start"), size) },
    }),
  },
  "tokens in the body": {
    source: { ...inItems, ...asked(({ token }) => ({ token })), pages: nextToken({ body: "next" }) },
    answer: (request, rows) => ({
      body: { next: following(request, "token", rows, size), items: slice(rows, at(request, "token"), size) },
    }),
  },
  "tokens in a header": {
    source: { ...asked(({ token }) => ({ token })), pages: nextToken({ header: "X-Next" }) },
    answer: (request, rows) => {
      const next = following(request, "token", rows, size);
      return { body: slice(rows, at(request, "token"), size), headers: next ? { "x-next": next } : {} };
    },
  },
  "a Relay connection": {
    source: {
      format: jsonBody({ rows: "data.prices.nodes" }),
      request: ({ partition, window, page }) => ({
        path: ["graphql"],
        body: {
          graphql: "query",
          variables: { of: partition.ticker, from: window.first.date, to: window.last.date, after: page.token },
        },
      }),
      pages: relay("data.prices"),
    },
    answer: ({ body }, rows) => {
      const start = Number(JSON.parse(body).variables.after ?? 0);
      const end = start + size;
      const pageInfo = { hasNextPage: end < rows.length, endCursor: String(end) };
      return { body: { data: { prices: { nodes: slice(rows, start, size), pageInfo } } } };
    },
  },
  "the key of the last row": {
    source: { ...asked(({ token }) => ({ after: token })), pages: keyset({ size, key: (row) => row.date }) },
    answer: ({ query }, rows) => {
      const after = query.get("after") ?? "";
      return {
        body: slice(
          rows.filter((row) => (row as { date: string }).date > after),
          0,
          size,
        ),
      };
    },
  },
});

function following(request: FakeRequest, name: string, rows: readonly object[], size: number): string | null {
  const end = at(request, name) + size;
  return end < rows.length ? String(end) : null;
}

function linked(
  request: FakeRequest,
  rows: readonly object[],
  size: number,
): { url: string | null; header: Record<string, string> } {
  const end = at(request, "start") + size;
  if (end >= rows.length) return { url: null, header: {} };
  const url = new URL(request.url);
  url.searchParams.set("start", String(end));
  return { url: url.pathname + url.search, header: { link: `<${url.pathname}${url.search}>; rel="next"` } };
}

/** The rows of a window that a request asks for: one a day. */
export function rowsAsked({ query, body }: FakeRequest): { date: string; price: number }[] {
  const asked = body ? JSON.parse(body).variables : Object.fromEntries(query);
  const rows: { date: string; price: number }[] = [];
  for (let day = Date.parse(asked.from); day <= Date.parse(asked.to); day += DAY)
    rows.push({ date: new Date(day).toISOString().slice(0, 10), price: (day / DAY) % 1_000 });
  return rows;
}

export const pagedDataset = (kind: PagedKind, definition: Partial<DatasetDefinition<"ticker", Schema>> = {}) =>
  fakeDataset({ source: { windows: { step: "20 days", granularity: "1 day" }, ...kind.source }, definition });
