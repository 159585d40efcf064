import type { Duration } from "./duration.ts";
import type { Moment } from "./moment.ts";

export type JsonValue = string | number | boolean | null | JsonValue[] | { [field: string]: JsonValue };

/**
 * One row as the source sent it, an array or an object. A JSON number that a float cannot hold exactly comes as its text,
 * so that no digit is lost.
 */
export type SourceRow = readonly JsonValue[] & { readonly [field: string]: JsonValue };

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

export interface RequestContext<P extends string = string> {
  readonly partition: Readonly<Record<P, string>>;
  readonly window: Window;
}

/** What is appended to the source's `url`. Path segments and query values are encoded. */
export interface RequestParts {
  readonly path: readonly (string | number)[];
  readonly query?: Readonly<Record<string, string | number | Moment | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How the source knows who asks. */
export type Auth =
  | { readonly kind: "none" }
  | { readonly kind: "header"; readonly header: string; readonly prefix: string; readonly secret: string };

/**
 * A token in a header. The value comes from the environment variable named by `secret`, in the cloud from the secret of
 * that name; it is never stored with what was asked.
 */
export function token(options: {
  /** Name of the secret: capital letters, digits and underscores, such as `TIINGO_TOKEN`. */
  readonly secret: string;
  /** @default "Authorization" */
  readonly header?: string;
  /** What stands before the token. @default "Bearer " */
  readonly prefix?: string;
}): Auth {
  return { kind: "header", header: "Authorization", prefix: "Bearer ", ...options };
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
}

export interface Windows {
  /** The longest stretch that one request may ask for. */
  readonly step: Duration;
  /** The distance between two records; windows begin and end on its multiples. */
  readonly granularity: Duration;
}

/** How the answer to one window continues. `none`: one answer holds the whole window. */
export type Pages = { readonly kind: "none" };

export const none = (): Pages => ({ kind: "none" });

/** Everything that is given must hold. */
export interface ResponseTest {
  readonly status?: number;
  /** Over the body's text. */
  readonly body?: RegExp;
}

export type ResponseAction =
  | { readonly kind: "ok" | "empty" | "retry" | "limited" | "splitWindow" | "skipPartition" }
  | { readonly kind: "fail"; readonly message?: string };

export interface ResponseRule {
  readonly test: ResponseTest;
  readonly action: ResponseAction;
}

/**
 * A rule for answers, tried in order before the built-in ones: 2xx is data, 429 waits for the budget, 408 and 5xx are
 * tried again, 401 and 403 stop the dataset, anything else fails the partition.
 */
export const when = (test: ResponseTest) => ({
  /** The answer is data. */
  ok: (): ResponseRule => ({ test, action: { kind: "ok" } }),
  /** Asked, and there was nothing: the window is covered. */
  empty: (): ResponseRule => ({ test, action: { kind: "empty" } }),
  /** Try again, a few times, waiting longer each time. */
  retry: (): ResponseRule => ({ test, action: { kind: "retry" } }),
  /** The budget is used up: wait as long as the answer says, without counting it as a failure. */
  limited: (): ResponseRule => ({ test, action: { kind: "limited" } }),
  /** Ask for the two halves of the window instead. */
  splitWindow: (): ResponseRule => ({ test, action: { kind: "splitWindow" } }),
  /** The source does not know this partition: go on with the others, cover nothing, say so. */
  skipPartition: (): ResponseRule => ({ test, action: { kind: "skipPartition" } }),
  /** Fail the partition. @param message what a person should know or do */
  fail: (message?: string): ResponseRule => ({ test, action: message ? { kind: "fail", message } : { kind: "fail" } }),
});

/** A system that is asked over HTTP. `P` names the partition's field, `C` the columns of the schema. */
export interface HttpSource<P extends string = string, C extends string = string> {
  readonly kind: "http";
  /** Base URL: https, or http on this machine. */
  readonly url: string;
  /** @default no authentication */
  readonly auth?: Auth;
  readonly budget: readonly BudgetRule[];
  readonly windows: Windows;
  request(context: RequestContext<P>): RequestParts;
  readonly pages: Pages;
  readonly responses?: readonly ResponseRule[];
  /** Reads one row; the partition's own column is filled in. A value that is left out is null. */
  rows(row: SourceRow, context: RequestContext<P>): { readonly [K in C]?: JsonValue | undefined };
}

/** An `HttpSource` with its defaults filled in. */
export type ResolvedSource = HttpSource & Required<Pick<HttpSource, "auth" | "responses">>;
