import { milliseconds } from "../dataset/duration.ts";
import type { BudgetRule } from "../dataset/source.ts";

/** What a request takes. */
export interface Price {
  readonly requests: number;
  readonly cost: number;
}

interface Shared {
  readonly counts: "requests" | "cost";
  readonly amount: number;
  /** Milliseconds. */
  readonly per: number;
}

/**
 * A token bucket that no delay of the network can overdraw: a request takes its place before it starts, and its place begins
 * to be refilled only when its answer is there, for the source counted it at some unknown moment between the two.
 */
interface Bucket extends Shared {
  readonly kind: "bucket";
  readonly burst: number;
  /** What was not refilled yet at the moment `at`. */
  level: number;
  at: number;
}

/** At most `amount` in any stretch of the length `per`, again counted from the answers. */
interface Stretch extends Shared {
  readonly kind: "stretch";
  /** The latest moments at which it was taken, in their order, and how much. */
  taken: [at: number, amount: number][];
}

/** So many at once, whatever the time. */
interface AtOnce {
  readonly kind: "at once";
  readonly amount: number;
}

/** A rule with what was taken of it; plain data. */
export type Meter = Bucket | Stretch | AtOnce;

/** A stretch is remembered in so many parts, rounded to their end: a half of a percent of it is given away. */
const PARTS = 200;

export function meterOf(rule: BudgetRule, now: number): Meter {
  const { requests: amount, burst, counts = "requests" } = rule;
  const shared = { amount, per: milliseconds(rule.per), counts };
  return burst === undefined
    ? { kind: "stretch", ...shared, taken: [] }
    : { kind: "bucket", ...shared, burst, level: 0, at: now };
}

export const atOnce = (amount: number): Meter => ({ kind: "at once", amount });

/** Tells rules apart. */
export const nameOf = (meter: Meter): string =>
  meter.kind === "at once"
    ? `${meter.amount} at once`
    : `${meter.amount} ${meter.counts} in ${meter.per}${meter.kind === "bucket" ? ` burst ${meter.burst}` : ""}`;

/** The most that may be under way at once. */
export const capacityOf = (meter: Meter): number => (meter.kind === "bucket" ? meter.burst : meter.amount);

/** Milliseconds after which nothing that was taken matters any more. */
export const memoryOf = (meter: Meter): number =>
  meter.kind === "at once" ? 0 : meter.kind === "stretch" ? meter.per : (meter.burst * meter.per) / meter.amount;

const priceOf = (meter: Meter, price: Price): number =>
  meter.kind === "at once" ? price.requests : price[meter.counts];

/** The earliest moment for a request; Infinity while first one that is under way must end. @param held what is under way */
export function earliest(meter: Meter, price: Price, held: Price): number {
  // By whole numbers: rounding could say that time will help where only an answer does.
  const room = capacityOf(meter) - priceOf(meter, held) - priceOf(meter, price);
  if (room < 0) return Number.POSITIVE_INFINITY;
  if (meter.kind === "at once") return Number.NEGATIVE_INFINITY;
  if (meter.kind === "bucket") return meter.at + (meter.level - room) * intervalOf(meter);
  let over = meter.taken.reduce((sum, [, amount]) => sum + amount, -room);
  let moment = Number.NEGATIVE_INFINITY;
  for (const [at, amount] of meter.taken) {
    if (over <= 0) break;
    over -= amount;
    moment = at + meter.per;
  }
  return moment;
}

/** Counts what was under way as taken at this moment, the latest at which the source may have counted it. */
export function settle(meter: Meter, price: Price, at: number): void {
  if (meter.kind === "at once") return;
  const amount = priceOf(meter, price);
  if (meter.kind === "bucket") {
    meter.level = Math.max(0, meter.level - Math.max(0, at - meter.at) / intervalOf(meter)) + amount;
    meter.at = Math.max(meter.at, at);
    return;
  }
  const part = Math.max(1, Math.floor(meter.per / PARTS));
  const end = Math.ceil(at / part) * part;
  const following = meter.taken.findIndex(([moment]) => moment >= end);
  const entry = meter.taken[following];
  if (entry?.[0] === end) entry[1] += amount;
  else meter.taken.splice(following < 0 ? meter.taken.length : following, 0, [end, amount]);
  meter.taken = meter.taken.filter(([moment]) => moment > at - meter.per);
}

const intervalOf = ({ per, amount }: Bucket): number => per / amount;
