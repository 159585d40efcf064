import { capacityOf, earliest, type Meter, memoryOf, nameOf, type Price, settle } from "./budget-rule.ts";

/** A place in the budget that somebody holds. */
interface Grant {
  readonly id: number;
  readonly cost: number;
  /** Before this moment the request is not sent. */
  readonly at: number;
  /** From this moment on it counts as taken, whatever became of who holds it; null for never. */
  readonly until: number | null;
}

/** What of one budget was taken, is under way and is left; plain data, so that it can be kept and shared. */
export interface Ledger {
  readonly version: 1;
  /** No request before this moment: the source said that the budget is used up. */
  pausedUntil: number;
  /** By name. */
  readonly meters: Record<string, { readonly meter: Meter /** When somebody last went by it. */; seen: number }>;
  /** By holder. */
  readonly grants: Record<string, Grant[]>;
  /** By minute, for rules that come later. */
  history: [end: number, requests: number, cost: number][];
}

const MINUTE = 60_000;
const DAY = 86_400_000;

/** How long a rule holds that nobody goes by any more. */
const FORGOTTEN = 15 * MINUTE;

export const newLedger = (): Ledger => ({ version: 1, pausedUntil: 0, meters: {}, grants: {}, history: [] });

/** Lets the rules hold, also for what was taken before they were known. @returns whether there was a new one */
export function declare(ledger: Ledger, meters: readonly Meter[], now: number): boolean {
  let added = false;
  for (const meter of meters) {
    const known = ledger.meters[nameOf(meter)];
    if (known) known.seen = now;
    else {
      const entry = { meter: structuredClone(meter), seen: now };
      for (const [end, requests, cost] of ledger.history) settle(entry.meter, { requests, cost }, Math.min(end, now));
      ledger.meters[nameOf(meter)] = entry;
      added = true;
    }
  }
  for (const [name, { meter, seen }] of Object.entries(ledger.meters))
    if (now - seen > FORGOTTEN + memoryOf(meter)) delete ledger.meters[name];
  return added;
}

/** Counts what was held for too long. */
export function expire(ledger: Ledger, now: number): void {
  for (const [holder, grants] of Object.entries(ledger.grants))
    for (const { id, until } of [...grants]) if (until !== null && until <= now) release(ledger, holder, id, until);
}

/** Whether any time can come at which a request of this cost may start. */
export const isPossible = (ledger: Ledger, cost: number): boolean =>
  metersOf(ledger).every(
    (meter) => meter.kind === "at once" || meter.counts === "requests" || cost <= capacityOf(meter),
  );

/** The earliest moment for a request, maybe a past one; Infinity while first one that is under way must end. */
export function earliestIn(ledger: Ledger, cost: number): number {
  const held = heldIn(ledger);
  return Math.max(ledger.pausedUntil, ...metersOf(ledger).map((meter) => earliest(meter, { requests: 1, cost }, held)));
}

export const grantOf = (ledger: Ledger, holder: string, id: number): Grant | undefined =>
  ledger.grants[holder]?.find((grant) => grant.id === id);

export function hold(ledger: Ledger, holder: string, grant: Grant): void {
  ledger.grants[holder] = [...(ledger.grants[holder] ?? []), grant];
}

/** Ends a grant, if there still is one. @param at the latest moment at which the source counted the request; undefined when it was not sent */
export function release(ledger: Ledger, holder: string, id: number, at: number | undefined): void {
  const grant = grantOf(ledger, holder, id);
  if (!grant) return;
  const left = (ledger.grants[holder] ?? []).filter((other) => other !== grant);
  if (left.length) ledger.grants[holder] = left;
  else delete ledger.grants[holder];
  if (at === undefined) return;
  const price = { requests: 1, cost: grant.cost };
  for (const meter of metersOf(ledger)) settle(meter, price, at);
  remember(ledger, price, at);
}

const metersOf = (ledger: Ledger): Meter[] => Object.values(ledger.meters).map(({ meter }) => meter);

function heldIn(ledger: Ledger): Price {
  const grants = Object.values(ledger.grants).flat();
  return { requests: grants.length, cost: grants.reduce((sum, { cost }) => sum + cost, 0) };
}

function remember(ledger: Ledger, { requests, cost }: Price, at: number): void {
  const end = Math.ceil(at / MINUTE) * MINUTE;
  const entry = ledger.history.find(([minute]) => minute === end);
  if (entry) {
    entry[1] += requests;
    entry[2] += cost;
    return;
  }
  ledger.history = [...ledger.history, [end, requests, cost] as [number, number, number]]
    .filter(([minute]) => minute > at - DAY)
    .sort(([a], [b]) => a - b);
}
