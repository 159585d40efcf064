import type { Dataset } from "../../dataset/definition.ts";
import type { BudgetRule } from "../../dataset/source.ts";

/** Tasks that extract one dataset side by side; more would cost more to start than they save. */
const MOST_AT_ONCE = 10;

/** How many batches may be extracted at once, so that every rule of the budget leaves each at least one request. */
export const mostAtOnce = (batches: number, rules: readonly BudgetRule[]): number =>
  Math.max(
    1,
    Math.min(batches, MOST_AT_ONCE, ...rules.map(({ requests, burst }) => Math.min(requests, burst ?? requests))),
  );

/**
 * The dataset with its fair part of the source's budget. Tasks do not talk to each other, so a part that one of them leaves
 * unused is lost; a budget that is shared over the store would give it to the others.
 */
export function withBudgetShare(dataset: Dataset, concurrency: number): Dataset {
  const part = (requests: number): number => Math.max(1, Math.floor(requests / concurrency));
  const budget = dataset.source.budget.map(({ requests, per, burst }) => ({
    requests: part(requests),
    per,
    ...(burst === undefined ? {} : { burst: part(burst) }),
  }));
  return { ...dataset, source: { ...dataset.source, budget } };
}
