import { createHash } from "node:crypto";
import { DAY } from "../../runtime/dataset/duration.ts";
import { jsonBody } from "../../runtime/dataset/format.ts";
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
  const bytes = new TextEncoder().encode(body);
  await keepExchange(
    store,
    { method: "GET", url, headers: {}, cost: 1, shown: { url, headers: {} } },
    {
      status: 200,
      headers: { "content-type": "application/json" },
      body: bytes,
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      url,
      dispose: async () => undefined,
    },
    {
      dataset: { name: dataset, sourceName: "default", source: { format: jsonBody() } },
      asked: [partition],
      members: [{ partition, lease: { token: 1, sequence: 1 }, restates: undefined }],
      ...{ window: { start, end }, page: undefined, run: "a-run", verdict, at },
    },
  );
}
