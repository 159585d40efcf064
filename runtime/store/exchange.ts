/** One HTTP request and its answer as the lake keeps them; the body lies under `body.key`, verbatim, alone or behind this as a line of JSON. */
export interface Exchange {
  readonly version: 1;
  readonly dataset: string;
  readonly partition: string;
  /** All partitions that the request was about, for one that asked about several; their body is the same object. */
  readonly partitions?: readonly string[];
  /** The one of the dataset's sources that was asked. @default "default" */
  readonly source?: string;
  /** What was asked for: half-open, ISO 8601. */
  readonly window: { readonly start: string; readonly end: string };
  /** Which part of the window it is. @default the only one */
  readonly page?: ExchangePage;
  readonly run: string;
  /** The lease that it was asked under, and its place among the exchanges of that lease, from 1. */
  readonly lease?: { readonly token: number; readonly sequence: number };
  /** A row of it said that all that came before it has changed; up to here the history that is asked again will reach. */
  readonly restates?: string;
  /** When the answer was complete, ISO 8601. */
  readonly at: string;
  readonly request: ExchangeRequest;
  /** The exchange in which the source said where this one's file is; undefined without one, or when it was large. */
  readonly via?: ExchangeVia;
  /** What the answer was taken for: rows, or "asked, and there was nothing" whatever its body says. */
  readonly verdict: "data" | "empty";
  readonly response: { readonly status: number; readonly headers: Readonly<Record<string, string>> };
  /** `bytes` and `sha256` are of the stored object. */
  readonly body: { readonly key: string; readonly bytes: number; readonly sha256: string };
}

/** As it was sent; secrets are redacted. */
export interface ExchangeRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer that holds no rows, with its text: secrets are redacted. */
export interface ExchangeVia {
  readonly request: ExchangeRequest;
  readonly response: { readonly status: number; readonly body: string };
}

export interface ExchangePage {
  /** 1 for the first. */
  readonly number: number;
  /** Whether the window is complete with it. */
  readonly last: boolean;
  /** What asks for the page after it. */
  readonly next?: PagePosition;
}

export interface PagePosition {
  /** Rows of the pages before it. */
  readonly offset: number;
  readonly token?: string;
}
