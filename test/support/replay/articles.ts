import { between, pick, uniform } from "./chance.ts";

/** An article of the synthetic newsroom, as it is at one instant. */
export interface Article {
  readonly id: number;
  readonly author: string;
  readonly headline: string;
  readonly summary: string;
  readonly symbols: readonly string[];
  /** Unix milliseconds, in whole seconds. */
  readonly created: number;
  /** Unix milliseconds, in whole seconds. */
  readonly updated: number;
}

const HOUR = 3_600_000;
/** Hours after which an article is changed at the latest. */
const LATEST_CHANGE = 6;
const MOST_PER_HOUR = 8;

const AUTHORS = ["Ada Reed", "Bo Lindqvist", "Chidi Okafor", "Newsdesk"];
const SYMBOLS = ["AAPL", "AMD", "BTCUSD", "GOOG", "IBM", "MSFT", "NVDA", "TSLA"];
const SUBJECTS = ["Quarterly Figures", "A New Plant", "An Outlook", "A Licence", "A Recall", "A Partnership"];
const VERBS = ["Presents", "Delays", "Confirms", "Corrects", "Discusses"];

/** What chance decides; each has its own numbers. */
const CHANCE = {
  count: 1,
  second: 2,
  changed: 3,
  delay: 4,
  symbols: 5,
  more: 6,
  author: 7,
  verb: 8,
  subject: 9,
} as const;

/** The SYNTHETIC articles whose last change until `now` lies between two instants, both included, in the order of those changes. */
export function articlesBetween(start: number, end: number, seed: number, now: number): Article[] {
  const found: Article[] = [];
  const last = Math.floor(Math.min(end, now) / HOUR);
  for (let hour = Math.floor(start / HOUR) - LATEST_CHANGE - 1; hour <= last; hour += 1) {
    const count = between(0, MOST_PER_HOUR, seed, CHANCE.count, hour);
    for (let nth = 0; nth < count; nth += 1) {
      const article = articleOf(hour, nth, seed, now);
      if (article && article.updated >= start && article.updated <= end) found.push(article);
    }
  }
  return found.sort((one, other) => one.updated - other.updated || one.id - other.id);
}

/** @returns undefined while it is not written */
function articleOf(hour: number, nth: number, seed: number, now: number): Article | undefined {
  const chance = (what: number): readonly [number, number, number, number] => [seed, what, hour, nth];
  const created = hour * HOUR + between(0, 3_590, ...chance(CHANCE.second)) * 1_000;
  if (created > now) return undefined;
  const change = created + between(60, LATEST_CHANGE * 3_600, ...chance(CHANCE.delay)) * 1_000;
  const changed = uniform(...chance(CHANCE.changed)) < 0.15 && change <= now;
  const first = pick(SYMBOLS, ...chance(CHANCE.symbols));
  const second = pick(SYMBOLS, ...chance(CHANCE.more));
  const symbols = first === second ? [first] : [first, second];
  const headline = `${first} ${pick(VERBS, ...chance(CHANCE.verb))} ${pick(SUBJECTS, ...chance(CHANCE.subject))}`;
  return {
    id: hour * 10 + nth,
    author: pick(AUTHORS, ...chance(CHANCE.author)),
    headline: changed ? `UPDATE: ${headline}` : headline,
    summary: `An invented report about ${symbols.join(" and ")}.`,
    symbols,
    created,
    updated: changed ? change : created + 1_000,
  };
}
