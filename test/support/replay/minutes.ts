import type { Calendar } from "../../../runtime/dataset/calendar/calendar.ts";
import { decimalText } from "./candles.ts";
import { salt as saltOf, uniform } from "./chance.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** One minute of a stock. Numbers are the texts that go into the answer. */
export interface MinuteBar {
  /** Unix milliseconds of its start. */
  readonly time: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly vwap: string;
  readonly volume: number;
  readonly trades: number;
}

export interface Market {
  readonly calendar: Calendar;
  readonly seed: number;
  /** Digits of a price behind the point. */
  readonly digits: number;
  /** Around which a stock's price moves. */
  readonly price: (symbol: string) => number;
}

/** Waves of these lengths in minutes and heights as a share of the price. */
const WAVES = [
  { length: 40 * 1_440, height: 0.08 },
  { length: 1_440, height: 0.02 },
  { length: 120, height: 0.006 },
  { length: 15, height: 0.002 },
  { length: 1, height: 0.0005 },
] as const;

/** What chance decides; each has its own numbers, behind those of the waves. */
const CHANCE = { quiet: 100, above: 101, below: 102, volume: 103, trades: 104 } as const;

/** Share of the minutes without a trade, which therefore have no bar. */
const QUIET = 0.01;

/**
 * The SYNTHETIC minutes of a stock in the sessions of a calendar, in order: each depends on the symbol, the minute and the seed
 * alone, so every window and page shows the same history. Both ends belong to the range.
 */
export function* minuteBars(symbol: string, first: number, last: number, market: Market): Generator<MinuteBar> {
  const { calendar } = market;
  for (const date of calendar.sessions(dateOf(first - DAY), dateOf(last + DAY))) {
    const end = Math.min(calendar.close(date), last + 1);
    const start = Math.max(calendar.open(date), Math.ceil(first / MINUTE) * MINUTE);
    for (let time = start; time < end; time += MINUTE) {
      const bar = barOf(symbol, time, market);
      if (bar) yield bar;
    }
  }
}

function barOf(symbol: string, time: number, { seed, digits, price }: Market): MinuteBar | undefined {
  const salt = saltOf(seed, symbol);
  const index = time / MINUTE;
  const chance = (what: number): number => uniform(salt, what, index);
  if (chance(CHANCE.quiet) < QUIET) return undefined;
  const tick = (minute: number): number => Math.round(price(symbol) * (1 + wander(salt, minute)) * 10 ** digits);
  const [open, close] = [tick(index), tick(index + 1)];
  const [upper, lower] = [Math.max(open, close), Math.min(open, close)];
  const text = (ticks: number): string => decimalText(ticks, digits);
  return {
    time,
    open: text(open),
    high: text(upper + Math.round(upper * 0.0004 * chance(CHANCE.above))),
    low: text(lower - Math.round(lower * 0.0004 * chance(CHANCE.below))),
    close: text(close),
    vwap: text(Math.round((open + close) / 2)),
    volume: 100 + Math.floor(9_900 * chance(CHANCE.volume) ** 2),
    trades: 1 + Math.floor(80 * chance(CHANCE.trades)),
  };
}

/** How far the price is from its middle, as a share of it: waves through a random height at every whole number. */
const wander = (salt: number, minute: number): number =>
  WAVES.reduce((sum, { length, height }, wave) => {
    const left = Math.floor(minute / length);
    const part = minute / length - left;
    const ease = part * part * (3 - 2 * part);
    return sum + height * (2 * (uniform(salt, wave, left) * (1 - ease) + uniform(salt, wave, left + 1) * ease) - 1);
  }, 0);

const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
