import type { Auth } from "./auth.ts";
import type { Duration } from "./duration.ts";
import type { Format } from "./format.ts";
import type { Moment } from "./moment.ts";
import type { Page, Pages } from "./pages.ts";
import type { ResetHeader, ResponseRule } from "./responses.ts";
import type { JsonValue, SourceRow } from "./value.ts";

export type { JsonValue, SourceRow } from "./value.ts";

/** A half-open interval of a partition that is asked of the source in one go. */
export interface Window {
  /** Inclusive. */
  readonly start: Moment;
  /** Exclusive. */
  readonly end: Moment;
  /** The start of the first bucket. */
  readonly first: Moment;
  /** The start of the last bucket, for sources that include both ends. */
  readonly last: Moment;
}

export interface RowContext<P extends string = string> {
  /** With a `batch`, its values joined by commas. */
  readonly partition: Readonly<Record<P, string>>;
  readonly window: Window;
}

export interface RequestContext<P extends string = string> extends RowContext<P> {
  /** All values of the batch; one without a `batch`. */
  readonly partitions: readonly string[];
  readonly page: Page;
  /** When the request is made, for sources that count back from today. */
  readonly now: Moment;
}

/** What is appended to the source's `url`. Path segments and query values are encoded. */
export interface RequestParts {
  /** @default GET, or POST when there is a body */
  readonly method?: "GET" | "POST";
  readonly path: readonly (string | number)[];
  readonly query?: Readonly<Record<string, string | number | boolean | Moment | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly json: JsonValue } | { readonly form: Readonly<Record<string, string>> } | GraphQl;
  /** What the request takes of the budget's rules that count costs. @default 1 */
  readonly cost?: number;
}

/** https://graphql.org/learn/serving-over-http/. An answer with `errors` is an error, whatever its status and data say. */
export interface GraphQl {
  readonly graphql: string;
  readonly variables?: Readonly<Record<string, JsonValue | Moment | undefined>>;
}

/**
 * How often the source may be asked; all rules hold at once, and everything that asks the same host with the same secret
 * shares them. With `burst` a rule is a token bucket: so many at once, then evenly. Without, it allows at most `requests`
 * in any stretch of time of the length `per`.
 */
export interface BudgetRule {
  readonly requests: number;
  readonly per: Duration;
  readonly burst?: number;
  /** What it counts: requests, or what `request` says they cost. @default "requests" */
  readonly counts?: "requests" | "cost";
}

/** Headers in which every answer says what is left of the budget. */
export interface BudgetHeaders {
  readonly remaining: string;
  readonly reset: ResetHeader;
}

export interface Windows<C extends string = string> {
  /** The longest stretch that one request may ask for. */
  readonly step: Duration;
  /** The distance between two records; windows begin and end on its multiples. */
  readonly granularity: Duration;
  /** The column whose time the windows are about, when it is not the cursor: when a record was last updated. */
  readonly over?: C;
  /** How far back is asked again whenever there is something new, for corrections that come late. @default nothing */
  readonly lookback?: Duration;
  /** Whether a row says that all that came before it has changed, as a split does; the partition's history is then asked again. */
  readonly restatedBy?: (row: SourceRow) => boolean;
  /** The source only ever tells what is now: each bucket can be asked while it lasts, and never again. @default false */
  readonly snapshot?: boolean;
}

/** A system that is asked over HTTP. `P` names the partition's field, `C` the columns of the schema. */
export interface HttpSource<P extends string = string, C extends string = string> {
  readonly kind: "http";
  /** Base URL: https, or http on this machine. */
  readonly url: string;
  /** Further hosts that links, redirects and files may lead to; they get no credentials. @default none */
  readonly hosts?: readonly string[];
  /** Whether the host may have a private address. @default false, except for a `url` on this machine */
  readonly privateNetwork?: boolean;
  /** @default no authentication */
  readonly auth?: Auth;
  readonly budget: readonly BudgetRule[];
  readonly budgetHeaders?: BudgetHeaders;
  /** The most requests under way at once. @default what the budget allows, at most 32 */
  readonly concurrency?: number;
  /** The most partitions in one request. @default 1 */
  readonly batch?: number;
  readonly windows: Windows<C>;
  request(context: RequestContext<P>): RequestParts;
  readonly pages: Pages;
  /** @default JSON, the body being the list of rows */
  readonly format?: Format;
  readonly responses?: readonly ResponseRule[];
  /**
   * Reads one row; a value that is left out is null. The partition's own column is filled in, except with a `batch`, where the row
   * says which partition it belongs to.
   */
  rows(row: SourceRow, context: RowContext<P>): { readonly [K in C]?: JsonValue | undefined };
}

/** An `HttpSource` with its defaults filled in. */
export type ResolvedSource = HttpSource &
  Required<Pick<HttpSource, "auth" | "responses" | "format" | "batch" | "hosts" | "privateNetwork">>;
