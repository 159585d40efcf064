import type { BudgetRule } from "../../dataset/source.ts";

/** Tasks that extract one dataset side by side; more would cost more to start than they save. */
const MOST_AT_ONCE = 10;

/**
 * How many batches may be extracted at once. They share the source's budget, so more of them than it has requests would only wait.
 */
export const mostAtOnce = (batches: number, rules: readonly BudgetRule[]): number =>
  Math.max(
    1,
    Math.min(batches, MOST_AT_ONCE, ...rules.map(({ requests, burst }) => Math.min(requests, burst ?? requests))),
  );
