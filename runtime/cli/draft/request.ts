import { type ProposedBody, proposeBody } from "./body.ts";
import type { ProposedColumn } from "./columns.ts";
import type { ProposedPages } from "./pages.ts";
import { momentOf, parametersOf, spanOf } from "./parameters.ts";
import { findPartition } from "./partition.ts";
import type { Sample } from "./sample.ts";

/** How the draft asks. */
export interface ProposedRequest {
  /** Base URL. */
  readonly url: string;
  /** TypeScript of each path segment. */
  readonly path: readonly string[];
  /** TypeScript of each value. */
  readonly query: readonly (readonly [name: string, code: string])[];
  readonly body: ProposedBody | undefined;
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

/**
 * What the sample was asked with says about how to ask for anything else.
 * @param irregular whether rows come at any time
 */
export function proposeRequest(
  { url, asked }: Pick<Sample, "url" | "asked">,
  columns: readonly ProposedColumn[],
  pages: ProposedPages,
  irregular: boolean,
): ProposedRequest {
  const segments = url?.pathname.split("/").filter(Boolean).map(decodeURIComponent) ?? [];
  const parameters = parametersOf(url, asked);
  const found = findPartition(segments, parameters, columns);
  const at = (value: string, code: string): string => (value === found.text ? `partition.${found.field}` : code);
  const query = parametersOf(url, undefined);
  const inQuery = !asked || query.some(({ name }) => name === pages.parameter);
  const windows = parameters.filter((one) => momentOf(one)).length;
  return {
    url: url?.origin ?? "https://api.example.com",
    path: url ? segments.map((segment) => at(segment, JSON.stringify(segment))) : ['"path"'],
    query: [
      ...query
        .filter(({ name }) => name !== pages.parameter)
        .map((one) => [one.name, momentOf(one, irregular) ?? at(one.value, literal(one.value))] as const),
      ...(inQuery && pages.parameter && pages.value ? [[pages.parameter, pages.value] as const] : []),
    ],
    body: asked && proposeBody(asked, { found, pages: inQuery ? undefined : pages, irregular }),
    partition: { field: found.field, values: found.values },
    isWindowed: windows > 0,
    span: spanOf(parameters),
    doubts: {
      url: url ? [] : ["the sample is a file: where and how is the source asked?"],
      query: windows === 1 ? ["only one end of the window is said: is the other one always now?"] : [],
      partition: found.doubts,
    },
  };
}

const literal = (value: string): string =>
  /^(0|[1-9]\d{0,14})$/.test(value) || value === "true" || value === "false" ? value : JSON.stringify(value);
