import { namesSecret } from "../../replay/redact.ts";
import { type ProposedColumn, snakeCase } from "./columns.ts";
import type { ProposedPages } from "./pages.ts";

/** How the draft asks. */
export interface ProposedRequest {
  /** Base URL. */
  readonly url: string;
  /** TypeScript of each path segment. */
  readonly path: readonly string[];
  /** TypeScript of each value. */
  readonly query: readonly (readonly [name: string, code: string])[];
  readonly partition: { readonly field: string; readonly values: readonly string[] };
  /** Whether it says which window is wanted. */
  readonly isWindowed: boolean;
  /** Milliseconds between the first and the last day that the sample was asked for. */
  readonly span: number | undefined;
  readonly doubts: {
    readonly url: readonly string[];
    readonly query: readonly string[];
    readonly partition: readonly string[];
  };
}

const FIRST = /^(from|start|since|begin|after|gte|min)/i;
const LAST = /^(to|end|until|before|lte|max)/i;
const PARTITION =
  /^(symbols?|tickers?|products?|product_?ids?|pairs?|coins?|topics?|instruments?|assets?|currency|markets?|q|s)$/i;

/** What the sample's URL says about how to ask for anything else. */
export function proposeRequest(
  url: URL | undefined,
  columns: readonly ProposedColumn[],
  pages: ProposedPages,
): ProposedRequest {
  if (!url)
    return {
      url: "https://api.example.com",
      path: ['"path"'],
      query: pageQuery(pages),
      partition: { field: free("part", columns), values: ["all"] },
      isWindowed: false,
      span: undefined,
      doubts: {
        url: ["the sample is a file: where and how is the source asked?"],
        query: [],
        partition: [ONE_PARTITION],
      },
    };
  const segments = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const query = [...url.searchParams].filter(([name]) => !namesSecret(name));
  const found = findPartition(segments, query, columns);
  const windows = query.map(([name, value]) => [name, momentOf(name, value)] as const).filter(([, code]) => code);
  const at = (value: string, code: string): string => (value === found.text ? `partition.${found.field}` : code);
  return {
    url: url.origin,
    path: segments.map((segment) => at(segment, JSON.stringify(segment))),
    query: query
      .filter(([name]) => name !== pages.parameter)
      .map(([name, value]): [string, string] => [name, momentOf(name, value) ?? at(value, literal(value))])
      .concat(pageQuery(pages)),
    partition: { field: found.field, values: found.values },
    isWindowed: windows.length > 0,
    span: spanOf(query),
    doubts: {
      url: [],
      query: windows.length === 1 ? ["only one end of the window is said: is the other one always now?"] : [],
      partition: found.doubts,
    },
  };
}

const pageQuery = ({ parameter, value }: ProposedPages): [string, string][] =>
  parameter && value ? [[parameter, value]] : [];

const ONE_PARTITION = "one partition for everything: what is fetched on its own, a symbol, a product, a topic?";

interface FoundPartition {
  readonly field: string;
  /** As it stands in the URL. */
  readonly text: string | undefined;
  readonly values: readonly string[];
  readonly doubts: readonly string[];
}

function findPartition(
  segments: readonly string[],
  query: readonly (readonly [string, string])[],
  columns: readonly ProposedColumn[],
): FoundPartition {
  const texts = [...query.map(([, value]) => value), ...segments];
  const constant = columns.find(
    ({ kind, nullable, values }) =>
      kind === "text" && !nullable && values.every((value) => value === values[0]) && texts.includes(String(values[0])),
  );
  if (constant) return known(constant.name, String(constant.values[0]), columns);
  const named = query.find(([name]) => PARTITION.test(name));
  if (named) return known(singular(named[0]), named[1], columns);
  const place = segments.findIndex((segment) => /^(?=.*[A-Z])[A-Z0-9^][A-Z0-9.:_^-]*$/.test(segment));
  const segment = segments[place];
  if (segment === undefined)
    return { field: free("part", columns), text: undefined, values: ["all"], doubts: [ONE_PARTITION] };
  const before = segments[place - 1] ?? "";
  return known(/s$/.test(before) ? singular(before) : "symbol", segment, columns);
}

const known = (name: string, text: string, columns: readonly ProposedColumn[]): FoundPartition => ({
  field: free(snakeCase(name), columns),
  text,
  values: [...new Set(text.split(",").filter(Boolean))],
  doubts: [
    "add the other values",
    ...(text.includes(",")
      ? ["several in one request: batch in the source, if rows say which one they belong to"]
      : []),
  ],
});

/** The name itself where it is a text column or none, so that the partition's value fills it. */
function free(name: string, columns: readonly ProposedColumn[]): string {
  const column = columns.find((one) => one.name === name);
  return column && (column.kind !== "text" || column.nullable) ? `asked_${name}` : name;
}

const singular = (name: string): string => (/[^s]s$/.test(name) ? name.slice(0, -1) : name);

/** TypeScript of a window's end that is written as the sample's value is, or undefined when it is none. */
function momentOf(name: string, value: string): string | undefined {
  const end = FIRST.test(name) ? "first" : LAST.test(name) ? "last" : undefined;
  if (!end) return undefined;
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return `window.${end}.date`;
  if (/^\d{4}-\d{2}-\d{2}T/.test(value)) return `window.${end}`;
  if (/^\d{10}$/.test(value)) return `window.${end}.seconds`;
  return /^\d{13}$/.test(value) ? `window.${end}.milliseconds` : undefined;
}

const literal = (value: string): string =>
  /^(0|[1-9]\d{0,14})$/.test(value) || value === "true" || value === "false" ? value : JSON.stringify(value);

function spanOf(query: readonly (readonly [string, string])[]): number | undefined {
  const instant = (pattern: RegExp): number => {
    const value = query.find(([name]) => pattern.test(name))?.[1] ?? "";
    return /^\d{10}$/.test(value) ? Number(value) * 1_000 : /^\d{13}$/.test(value) ? Number(value) : Date.parse(value);
  };
  const span = instant(LAST) - instant(FIRST);
  return span > 0 ? span : undefined;
}
