import type { JsonValue } from "./value.ts";

/** Finds the rows in a parsed body: a path such as `data.items`, or a function. The body itself is the list without it. */
export type RowsAt = string | ((body: JsonValue) => readonly JsonValue[]);

export interface CsvOptions {
  /** @default "," */
  readonly delimiter?: string;
  /** Names of the columns, for a file without a header line; a row is an object with the columns' names and texts. */
  readonly columns?: readonly string[];
}

/** How a body is read. A compressed one (gzip, zstd) is recognised by itself, with or without a header that says so. */
export type Format =
  | { readonly kind: "json"; readonly rows?: RowsAt }
  | { readonly kind: "ndjson" }
  | ({ readonly kind: "csv" } & CsvOptions)
  | { readonly kind: "zip"; readonly of: Format }
  | { readonly kind: "text"; readonly rows: (text: string) => readonly JsonValue[] };

/** JSON. @param rows where the list of rows is. @default the body is the list */
export const jsonBody = (options: { readonly rows?: RowsAt } = {}): Format => ({ kind: "json", ...options });

/** A JSON value a line. */
export const jsonLines = (): Format => ({ kind: "ndjson" });

/** https://www.rfc-editor.org/rfc/rfc4180 */
export const csvBody = (options: CsvOptions = {}): Format => ({ kind: "csv", ...options });

/** A ZIP archive with exactly one file. */
export const zipOf = (format: Format): Format => ({ kind: "zip", of: format });

/** Any text, read by a function that throws for what it does not understand. */
export const textBody = (rows: (text: string) => readonly JsonValue[]): Format => ({ kind: "text", rows });
