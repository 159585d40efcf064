import { type Interval, union } from "../../dataset/interval.ts";
import { exchangesOf, readExchange } from "../../store/exchanges.ts";
import { rawName } from "../../store/layout.ts";
import type { StepContext } from "./step.ts";

/**
 * What this run has asked of a partition already, told by the raw that it stored: a run that asks again what is covered goes
 * on where it stopped. @param since start of the run, Unix milliseconds
 */
export async function askedByRun(
  { dataset, run, store }: Pick<StepContext, "dataset" | "run" | "store">,
  partition: string,
  since: number,
): Promise<Interval[]> {
  const first = rawName(new Date(since), "");
  const asked: Interval[] = [];
  for (const [name, key] of await exchangesOf(store, dataset.name, partition)) {
    if (name < first) continue;
    const exchange = (await readExchange(store, key))?.exchange;
    if (exchange?.run !== run) continue;
    // Of a window whose pages are not all there, the rest is still to be asked.
    if (exchange.page && !exchange.page.last) continue;
    asked.push({ start: Date.parse(exchange.window.start), end: Date.parse(exchange.window.end) });
  }
  return union(asked);
}
