import type { Duration } from "./duration.ts";
import type { JsonValue, SourceRow } from "./value.ts";

/** Which page of a window is asked. */
export interface Page {
  /** 1 for the first. */
  readonly number: number;
  /** Rows of the pages before it. */
  readonly offset: number;
  /** What the page before it said, or the key of its last row; undefined for the first. */
  readonly token: string | undefined;
}

/** When the last page has been seen. A path such as `meta.total` names a field of the body. */
export type LastPage = "empty" | "short" | { readonly total: string } | { readonly more: string };

interface Limited {
  /** Pages of one window above which it fails, for it cannot be told whether it is complete. @default 1000 */
  readonly limit: number;
}

/** How the answer to one window continues. No kind is guessed, and none ends without proof that the last page was seen. */
export type Pages =
  | { readonly kind: "none" }
  | ({ readonly kind: "counted"; readonly size: number; readonly last: LastPage } & Limited)
  | ({ readonly kind: "link"; readonly at: { readonly header: "link" } | { readonly body: string } } & Limited)
  | ({ readonly kind: "token"; readonly at: { readonly header: string } | { readonly body: string } } & Limited)
  | ({ readonly kind: "relay"; readonly at: string } & Limited)
  | ({
      readonly kind: "keyset";
      readonly size: number;
      readonly key: (row: SourceRow) => JsonValue | undefined;
    } & Limited)
  | {
      readonly kind: "export";
      readonly link: (body: JsonValue) => string | undefined;
      readonly every: Duration;
      readonly within: Duration;
    };

const LIMIT = 1_000;

/** One answer holds the whole window. */
export const none = (): Pages => ({ kind: "none" });

/**
 * Pages by number or offset: `request` puts `page.number` or `page.offset` where the source wants it.
 * @param last what proves the end: an `"empty"` page, a `"short"` one, a total number of rows, or a field that says whether there is more
 */
export const counted = (options: {
  readonly size: number;
  readonly last: LastPage;
  readonly limit?: number;
}): Pages => ({
  kind: "counted",
  limit: LIMIT,
  ...options,
});

/**
 * The answer names the URL of the next page, in its `Link` header (https://www.rfc-editor.org/rfc/rfc8288) or in a field of the
 * body; without one the window is complete. `request` is called for the first page only.
 */
export const nextLink = (
  at: "header" | { readonly body: string },
  options: { readonly limit?: number } = {},
): Pages => ({
  kind: "link",
  at: at === "header" ? { header: "link" } : at,
  limit: LIMIT,
  ...options,
});

/** The answer names a token for the next page, which `request` gets as `page.token`; null, empty or missing at the end. */
export const nextToken = (
  at: { readonly body: string } | { readonly header: string },
  options: { readonly limit?: number } = {},
): Pages => ({ kind: "token", at, limit: LIMIT, ...options });

/** A Relay connection of GraphQL at a path of the body such as `data.posts`: https://relay.dev/graphql/connections.htm */
export const relay = (at: string, options: { readonly limit?: number } = {}): Pages => ({
  kind: "relay",
  at,
  limit: LIMIT,
  ...options,
});

/** The key of a page's last row asks for the next one, as `page.token`; a page with fewer than `size` rows is the last. */
export const keyset = (options: {
  readonly size: number;
  readonly key: (row: SourceRow) => JsonValue | undefined;
  readonly limit?: number;
}): Pages => ({ kind: "keyset", limit: LIMIT, ...options });

/**
 * The source prepares a file: it is asked again and again until it names a link, which is then fetched without credentials
 * unless it is on the source's own host.
 * @param link the file's URL, or undefined while it is being made
 */
export const exportJob = (options: {
  readonly link: (body: JsonValue) => string | undefined;
  /** @default "30 seconds" */
  readonly every?: Duration;
  /** @default "1 hour" */
  readonly within?: Duration;
}): Pages => ({ kind: "export", every: "30 seconds", within: "1 hour", ...options });
