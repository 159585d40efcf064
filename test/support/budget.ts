import { milliseconds } from "../../runtime/dataset/duration.ts";
import type { BudgetRule } from "../../runtime/dataset/source.ts";

/** A request as a source counted it. */
export interface Counted {
  /** Unix milliseconds. */
  readonly at: number;
  readonly cost: number;
}

const amountOf = ({ counts }: BudgetRule, { cost }: Counted): number => (counts === "cost" ? cost : 1);

/** How many a source refuses: requests are given in any order. */
export const refusedBy = (rule: BudgetRule, counted: readonly Counted[]): number =>
  (rule.burst === undefined ? refusedByStretch : refusedByBucket)(
    rule,
    [...counted].sort((a, b) => a.at - b.at),
  );

/** A token bucket that is filled, whenever it is asked, for the time since. Whole numbers throughout. */
function refusedByBucket(rule: BudgetRule, counted: readonly Counted[]): number {
  const { requests, per, burst = 0 } = rule;
  const price = milliseconds(per);
  let level = burst * price;
  let last = counted[0]?.at ?? 0;
  let refused = 0;
  for (const one of counted) {
    level = Math.min(burst * price, level + (one.at - last) * requests);
    last = one.at;
    const amount = amountOf(rule, one) * price;
    if (level >= amount) level -= amount;
    else refused += 1;
  }
  return refused;
}

/** A source that allows so much in any stretch of time, one end of it included. */
function refusedByStretch(rule: BudgetRule, counted: readonly Counted[]): number {
  const length = milliseconds(rule.per);
  let accepted: Counted[] = [];
  let refused = 0;
  for (const one of counted) {
    accepted = accepted.filter(({ at }) => at > one.at - length);
    const taken = accepted.reduce((sum, other) => sum + amountOf(rule, other), 0);
    if (taken + amountOf(rule, one) <= rule.requests) accepted.push(one);
    else refused += 1;
  }
  return refused;
}

/** The least time in milliseconds in which a source can have counted so much, the first of it at once. */
export function leastTime(rule: BudgetRule, amount: number): number {
  const { requests, per, burst } = rule;
  if (burst !== undefined) return Math.max(0, ((amount - burst) / requests) * milliseconds(per));
  return Math.max(0, Math.ceil(amount / requests) - 1) * milliseconds(per);
}
