/** What a request may still take from a source that counts in fixed stretches of time. */
export interface Quota {
  /** Takes from what is left, or, when that is not enough, takes nothing. @param cost @default 1 */
  take(cost?: number): boolean;
  /** What is left of the present stretch. */
  readonly remaining: number;
  /** When the next stretch begins, Unix milliseconds. */
  readonly resetAt: number;
}

/** So much in each stretch of the clock, counted from 1970. @param every milliseconds */
export function fixedQuota(rule: { readonly amount: number; readonly every: number }, now: () => number): Quota {
  let stretch = Number.NaN;
  let used = 0;
  const turn = (): void => {
    const current = Math.floor(now() / rule.every);
    if (current !== stretch) used = 0;
    stretch = current;
  };
  return {
    take(cost = 1) {
      turn();
      if (used + cost > rule.amount) return false;
      used += cost;
      return true;
    },
    get remaining() {
      turn();
      return rule.amount - used;
    },
    get resetAt() {
      return (Math.floor(now() / rule.every) + 1) * rule.every;
    },
  };
}
