import type { JsonValue } from "./value.ts";

/** Everything that is given must hold. */
export interface ResponseTest {
  readonly status?: number | readonly number[];
  /** Over the first 64 KiB of the body's text. */
  readonly body?: RegExp;
  /** Over the value of headers, by name. */
  readonly headers?: Readonly<Record<string, RegExp>>;
  /** Over the parsed body; false for a body that is no JSON. */
  readonly json?: (body: JsonValue) => boolean;
}

/** Where an answer says when the budget is there again. */
export interface ResetHeader {
  readonly header: string;
  readonly as: "seconds left" | "unix seconds";
}

export type ResponseAction =
  | { readonly kind: "ok" | "empty" | "refreshAuth" | "splitWindow" | "restartWindow" }
  | { readonly kind: "retry"; readonly message?: string }
  | { readonly kind: "limited"; readonly reset?: ResetHeader; readonly message?: string }
  | { readonly kind: "skipPartition" | "endPartition"; readonly message?: string }
  | { readonly kind: "fail"; readonly message?: string; readonly stop: "partition" | "dataset" };

export interface ResponseRule {
  readonly test: ResponseTest;
  readonly action: ResponseAction;
}

const said = (message: string | undefined): { readonly message?: string } => (message === undefined ? {} : { message });

/**
 * A rule for answers, tried in order before the built-in ones: 2xx is data, 429 waits for the budget, 408 and 5xx are
 * tried again, 401 and 403 stop the dataset, anything else fails the partition.
 */
export const when = (test: ResponseTest) => ({
  /** The answer is data. */
  ok: (): ResponseRule => ({ test, action: { kind: "ok" } }),
  /** Asked, and there was nothing: the window is covered. */
  empty: (): ResponseRule => ({ test, action: { kind: "empty" } }),
  /** Try again, a few times, waiting longer each time, and as long as the answer says when it does. */
  retry: (message?: string): ResponseRule => ({ test, action: { kind: "retry", ...said(message) } }),
  /** The budget is used up: wait as long as the answer says, without counting it as a failure. */
  limited: (reset?: ResetHeader, message?: string): ResponseRule => ({
    test,
    action: { kind: "limited", ...(reset ? { reset } : {}), ...said(message) },
  }),
  /** The credentials ran out: renew them and ask once more. */
  refreshAuth: (): ResponseRule => ({ test, action: { kind: "refreshAuth" } }),
  /** Ask for the two halves of the window instead. */
  splitWindow: (): ResponseRule => ({ test, action: { kind: "splitWindow" } }),
  /** The page token is no longer good: ask for the window again from its first page, once. */
  restartWindow: (): ResponseRule => ({ test, action: { kind: "restartWindow" } }),
  /** The source does not know this partition: go on with the others, cover nothing, say so, and ask again after a week. */
  skipPartition: (message?: string): ResponseRule => ({ test, action: { kind: "skipPartition", ...said(message) } }),
  /** The partition has ended, as a delisted symbol does: nothing is to be expected or asked from this window on. */
  endPartition: (message?: string): ResponseRule => ({ test, action: { kind: "endPartition", ...said(message) } }),
  /** @param message what a person should know or do @param stop fail the partition, or stop the whole dataset */
  fail: (message?: string, stop: "partition" | "dataset" = "partition"): ResponseRule => ({
    test,
    action: { kind: "fail", stop, ...said(message) },
  }),
});
