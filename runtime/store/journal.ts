import pMap from "p-map";
import type { Exchange } from "./exchange.ts";
import { exchangesOf, readExchange } from "./exchanges.ts";
import { rawName } from "./layout.ts";
import { type Advance, advance, LEASE, type PartitionState } from "./state.ts";
import type { Store } from "./store.ts";

/** Records that are read at the same time. */
const READS = 16;

/**
 * The state with what its holder fetched after it was written. An exchange's record is stored before the next request is
 * made, so a state needs no write of its own for each of them: this is what makes up for it after a crash.
 */
export async function recoverJournal(
  store: Store,
  dataset: string,
  partition: string,
  state: PartitionState,
): Promise<PartitionState> {
  const { lease } = state;
  if (!lease?.held) return state;
  const { expiresAt, sequence } = lease.held;
  // Both times are of the holder's clock. A minute more than needed costs nothing.
  const first = rawName(new Date(expiresAt - 2 * LEASE), "");
  const exchanges = await exchangesOf(store, dataset, partition);
  const keys = [...exchanges].flatMap(([name, key]) => (name >= first ? [key] : []));
  const records = await pMap(keys, async (key) => (await readExchange(store, key))?.exchange, { concurrency: READS });
  return records
    .filter((record) => record !== undefined)
    .filter((record) => record.lease?.token === lease.token && record.lease.sequence > sequence)
    .sort((a, b) => (a.lease?.sequence ?? 0) - (b.lease?.sequence ?? 0))
    .reduce((known, record) => advance(known, toAdvance(record)), state);
}

/** What an exchange brought. */
function toAdvance({ window: { start, end }, page, partitions, restates }: Exchange): Advance {
  const window = { start: Date.parse(start), end: Date.parse(end) };
  return {
    window,
    next:
      page?.next && !page.last
        ? { window, number: page.number + 1, ...page.next, ...(partitions ? { batch: partitions } : {}) }
        : undefined,
    restates: restates === undefined ? undefined : Date.parse(restates),
  };
}
