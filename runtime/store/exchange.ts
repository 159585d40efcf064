/** One HTTP request and its answer as the lake keeps them; the body lies beside it, verbatim, under `body.key`. */
export interface Exchange {
  readonly version: 1;
  readonly dataset: string;
  readonly partition: string;
  /** What was asked for: half-open, ISO 8601. */
  readonly window: { readonly start: string; readonly end: string };
  readonly run: string;
  /** When the answer was complete, ISO 8601. */
  readonly at: string;
  /** Secrets are redacted. */
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
  };
  /** What the answer was taken for: rows, or "asked, and there was nothing" whatever its body says. */
  readonly verdict: "data" | "empty";
  readonly response: { readonly status: number; readonly headers: Readonly<Record<string, string>> };
  readonly body: { readonly key: string; readonly bytes: number; readonly sha256: string };
}
