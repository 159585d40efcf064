import { DAY } from "../../runtime/dataset/duration.ts";
import { keepExchange } from "../../runtime/extract/exchange.ts";
import type { Exchange } from "../../runtime/store/exchange.ts";
import type { Store } from "../../runtime/store/store.ts";

export interface Fetched {
  readonly partition: string;
  /** First day and the day after the last, `YYYY-MM-DD`. */
  readonly window: readonly [string, string];
  readonly body: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly verdict?: Exchange["verdict"];
}

/** Puts an exchange into the lake as an extraction would have. */
export async function keepRaw(store: Store, dataset: string, fetched: Fetched): Promise<void> {
  const { partition, window, body, at, verdict = "data" } = fetched;
  const [start, end] = [Date.parse(window[0]), Date.parse(window[1])];
  const url = `https://example.org/${partition}?from=${window[0]}&days=${(end - start) / DAY}`;
  await keepExchange(
    store,
    { method: "GET", url, headers: {}, shown: {} },
    { status: 200, headers: { "content-type": "application/json" }, body: new TextEncoder().encode(body) },
    { dataset, partition, window: { start, end }, run: "a-run", verdict, at },
  );
}
