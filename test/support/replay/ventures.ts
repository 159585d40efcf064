import { between, pick, salt, uniform, uuid } from "./chance.ts";

/** An invented organization. */
export interface Venture {
  readonly uuid: string;
  readonly name: string;
  readonly permalink: string;
  /** `YYYY-MM-DD`. */
  readonly founded: string;
  readonly founders: readonly string[];
  readonly place: string;
  readonly category: string;
  /** Rounds in all, however many of them have been announced. */
  readonly rounds: number;
}

/** A funding round as it is at one instant. */
export interface Round {
  readonly uuid: string;
  readonly venture: Venture;
  /** 1 for the first. */
  readonly nth: number;
  /** `YYYY-MM-DD`. */
  readonly announced: string;
  readonly type: string;
  /** Undefined for an amount that was not told. */
  readonly money: { readonly value: number; readonly currency: string; readonly usd: number } | undefined;
  readonly investors: readonly string[];
  /** Unix milliseconds, in whole seconds. */
  readonly updated: number;
}

const DAY = 86_400_000;
const STAGES = ["pre_seed", "seed", "series_a", "series_b", "series_c", "debt_financing", "grant"];
const INVESTORS = ["Breakwater Capital", "Gull Partners", "Anchor & Sons", "Northmole Ventures", "Spring Tide Fund"];

/** What chance decides; each has its own numbers. */
const CHANCE = { gap: 1, amount: 2, currency: 3, told: 4, investors: 5, first: 6, late: 7 } as const;

function venture(name: string, founded: string, place: string, category: string, rounds: number): Venture {
  const permalink = name.toLowerCase().replace(/\W+/g, "-");
  const founders = [`${name.split(" ")[0]} Founder`, `Second Founder of ${name}`];
  return { uuid: uuid(salt(0, permalink)), name, permalink, founded, founders, place, category, rounds };
}

/** SYNTHETIC: no such organization exists. */
export const ventures: readonly Venture[] = [
  venture("Copperlight Robotics", "2015-03-01", "Rotterdam", "robotics", 5),
  venture("Harbourmaster Software", "2012-09-15", "Hamburg", "software", 7),
  venture("Kelpworks", "2019-05-20", "Bergen", "biotechnology", 3),
  venture("Quiet Ledger", "2018-01-10", "Lisbon", "financial-services", 0),
  venture("Saltmarsh Energy", "2009-11-02", "Galway", "energy", 9),
  venture("Thousand Grants Institute", "2001-06-01", "Antwerp", "education", 230),
];

/** The rounds of an organization that have been announced until `now`. */
export function roundsOf(one: Venture, seed: number, now: number): Round[] {
  const topic = salt(seed, one.permalink);
  const rounds: Round[] = [];
  let day = Date.parse(one.founded);
  for (let nth = 1; nth <= one.rounds; nth += 1) {
    day +=
      (one.rounds > 100 ? between(20, 60, topic, CHANCE.gap, nth) : between(200, 600, topic, CHANCE.gap, nth)) * DAY;
    if (day + DAY > now) break;
    rounds.push(round(one, topic, nth, day, now));
  }
  return rounds;
}

/** Half a year after a round was announced another investor turns out to have been in it. */
function round(one: Venture, topic: number, nth: number, day: number, now: number): Round {
  const first = day + between(3_600, 80_000, topic, CHANCE.first, nth) * 1_000;
  const correction = day + 180 * DAY + 3_600_000;
  const corrected = uniform(topic, CHANCE.late, nth) < 0.3 && correction <= now;
  const count = between(1, 3, topic, CHANCE.investors, nth) + (corrected ? 1 : 0);
  const start = nth % INVESTORS.length;
  return {
    uuid: uuid(topic, nth),
    venture: one,
    nth,
    announced: new Date(day).toISOString().slice(0, 10),
    type: one.rounds > 100 ? "grant" : (STAGES[Math.min(nth - 1, STAGES.length - 1)] as string),
    money: moneyOf(topic, nth),
    investors: [...INVESTORS, ...INVESTORS].slice(start, start + count),
    updated: corrected ? correction : first,
  };
}

function moneyOf(topic: number, nth: number): Round["money"] {
  if (uniform(topic, CHANCE.told, nth) < 0.15) return undefined;
  const value = between(2, 90, topic, CHANCE.amount, nth) * 250_000;
  const currency = pick(["USD", "USD", "EUR"], topic, CHANCE.currency, nth);
  return { value, currency, usd: currency === "USD" ? value : Math.round(value * 1.08) };
}
