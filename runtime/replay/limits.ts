/** Whether one more request is allowed now; a request that is allowed is counted. */
export type Limit = () => boolean;

const HOUR = 3_600_000;

/** A bucket that holds `burst` tokens and is filled, whenever it is asked, for the time that has passed. */
export function tokenBucket(rule: { perSecond: number; burst: number }, now: () => number): Limit {
  // In thousandths of a token every millisecond adds a whole number, so no rounding ever withholds a token that is due.
  const capacity = rule.burst * 1_000;
  let level = capacity;
  let filledAt = now();
  return () => {
    const time = now();
    level = Math.min(capacity, level + Math.max(0, time - filledAt) * rule.perSecond);
    filledAt = time;
    if (level < 1_000) return false;
    level -= 1_000;
    return true;
  };
}

/** At most `requests` in each hour of the clock. */
export function perHour(requests: number, now: () => number): Limit {
  let hour = Number.NaN;
  let used = 0;
  return () => {
    const current = Math.floor(now() / HOUR);
    if (current !== hour) used = 0;
    hour = current;
    if (used >= requests) return false;
    used += 1;
    return true;
  };
}
