import { type ProposedColumn, snakeCase } from "./columns.ts";
import type { Parameter } from "./parameters.ts";

/** What the draft asks for on its own. */
export interface FoundPartition {
  readonly field: string;
  /** As it stands in the request; undefined when nothing there names one. */
  readonly text: string | undefined;
  readonly values: readonly string[];
  readonly doubts: readonly string[];
}

const PARTITION =
  /^(symbols?|tickers?|products?|product_?ids?|pairs?|coins?|topics?|instruments?|assets?|currency|markets?|q|s)$/i;

const ONE_PARTITION = "one partition for everything: what is fetched on its own, a symbol, a product, a topic?";

/** @param segments of the URL's path */
export function findPartition(
  segments: readonly string[],
  parameters: readonly Parameter[],
  columns: readonly ProposedColumn[],
): FoundPartition {
  const texts = parameters.filter(({ isText }) => isText);
  const said = [...texts.map(({ value }) => value), ...segments];
  const constant = columns.find(
    ({ kind, nullable, values }) =>
      kind === "text" && !nullable && values.every((value) => value === values[0]) && said.includes(String(values[0])),
  );
  if (constant) return known(constant.name, String(constant.values[0]), columns);
  const named = texts.find(({ name }) => PARTITION.test(name));
  if (named) return known(singular(named.name), named.value, columns);
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
