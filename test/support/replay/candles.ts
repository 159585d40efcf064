import { salt as saltOf, uniform } from "./chance.ts";
import type { Product } from "./products.ts";

const DAY = 86_400_000;

/** One day of a product. Numbers are the texts that go into the answer. */
export interface Candle {
  /** Unix seconds. */
  readonly time: number;
  readonly low: string;
  readonly high: string;
  readonly open: string;
  readonly close: string;
  readonly volume: string;
}

/** Waves of these lengths in days and heights in natural logarithm; together they wander about like a price. */
const WAVES = [
  { length: 700, height: 0.75 },
  { length: 180, height: 0.4 },
  { length: 45, height: 0.2 },
  { length: 12, height: 0.1 },
  { length: 3, height: 0.05 },
  { length: 1, height: 0.025 },
] as const;

/** What chance decides; each has its own numbers, behind those of the waves. */
const CHANCE = { quiet: 100, above: 101, below: 102, volume: 103 } as const;

/**
 * The SYNTHETIC candle of a day: it depends on product, day and seed alone, so every window shows the same history.
 * Only the candle of the day that `now` is in depends on `now` too: it is the part of the day that has passed.
 * @param day Unix milliseconds of a midnight UTC
 * @returns undefined before the listing, on days without a trade, and for days that have not begun
 */
export function candle(product: Product, day: number, seed: number, now: number): Candle | undefined {
  if (day < Date.parse(product.listed) || day >= now) return undefined;
  const index = day / DAY;
  const salt = saltOf(seed, product.id);
  const chance = (what: number): number => uniform(salt, what, index);
  if (chance(CHANCE.quiet) < product.quiet) return undefined;

  const passed = Math.min(1, (now - day) / DAY);
  const open = ticks(product, salt, index);
  const close = Math.round(open + (ticks(product, salt, index + 1) - open) * passed);
  const [upper, lower] = [Math.max(open, close), Math.min(open, close)];
  const high = upper + Math.round(upper * 0.05 * chance(CHANCE.above) ** 2 * passed);
  const low = Math.max(1, lower - Math.round(lower * 0.05 * chance(CHANCE.below) ** 2 * passed));
  const volume = product.volume * Math.exp(2 * (chance(CHANCE.volume) - 0.5)) * passed;
  const price = (count: number): string => decimalText(count, product.digits);
  return {
    time: day / 1_000,
    low: price(low),
    high: price(high),
    open: price(open),
    close: price(close),
    volume: decimalText(Math.max(1, Math.round(volume * 10 ** product.volumeDigits)), product.volumeDigits),
  };
}

/** The price at the start of a day, counted in the smallest step of the product. */
function ticks(product: Product, salt: number, index: number): number {
  const logarithm = WAVES.reduce(
    (sum, { length, height }, wave) => sum + height * curve(salt, wave, index / length),
    0,
  );
  return Math.max(1, Math.round(product.price * Math.exp(logarithm) * 10 ** product.digits));
}

/** A smooth curve between -1 and 1 through a random height at every whole number. */
function curve(salt: number, wave: number, x: number): number {
  const left = Math.floor(x);
  const part = x - left;
  const ease = part * part * (3 - 2 * part);
  return 2 * (uniform(salt, wave, left) * (1 - ease) + uniform(salt, wave, left + 1) * ease) - 1;
}

/** `decimalText(420050, 2)` is `"4200.5"`, as JSON writes numbers. */
export function decimalText(count: number, digits: number): string {
  const padded = String(count).padStart(digits + 1, "0");
  const whole = padded.slice(0, padded.length - digits);
  const fraction = padded.slice(padded.length - digits).replace(/0+$/, "");
  return fraction ? `${whole}.${fraction}` : whole;
}
