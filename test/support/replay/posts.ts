import { between, pick, uniform } from "./chance.ts";

/** A launched product as it is at one instant. */
export interface Post {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly tagline: string;
  readonly topics: readonly string[];
  /** They grow, quickly at first. */
  readonly votes: number;
  readonly comments: number;
  /** 0 to 5; undefined without a review. */
  readonly rating: number | undefined;
  /** Unix milliseconds, in whole seconds. */
  readonly created: number;
  readonly featured: boolean;
}

const DAY = 86_400_000;
/** Until which votes come in. */
const VOTED = 10;

const FIRST = ["Brine", "Kelp", "Buoy", "Skerry", "Fathom", "Estuary", "Lagoon", "Mooring"];
const SECOND = ["Notes", "Ledger", "Mail", "Charts", "Deck", "Forms", "Sync", "Studio"];
const TOPICS = ["artificial-intelligence", "developer-tools", "fintech", "investing", "productivity", "open-source"];

/** What chance decides; each has its own numbers. */
const CHANCE = { count: 1, second: 2, first: 3, last: 4, topic: 5, votes: 6, featured: 7, rating: 8, more: 9 } as const;

/** The SYNTHETIC posts of the days from one instant to another, as they are at `now`; the newest first. */
export function postsBetween(start: number, end: number, seed: number, now: number): Post[] {
  const found: Post[] = [];
  for (let day = Math.floor(start / DAY); day * DAY <= Math.min(end, now); day += 1) {
    const count = between(12, 30, seed, CHANCE.count, day);
    for (let nth = 0; nth < count; nth += 1) {
      const post = postOf(day, nth, seed, now);
      if (post.created <= now) found.push(post);
    }
  }
  return found.sort((one, other) => other.created - one.created || Number(other.id) - Number(one.id));
}

function postOf(day: number, nth: number, seed: number, now: number): Post {
  const chance = (what: number): readonly [number, number, number, number] => [seed, what, day, nth];
  const created = day * DAY + between(0, 86_399, ...chance(CHANCE.second)) * 1_000;
  const name = `${pick(FIRST, ...chance(CHANCE.first))} ${pick(SECOND, ...chance(CHANCE.last))}`;
  const featured = uniform(...chance(CHANCE.featured)) < 0.4;
  const [topic, more] = [pick(TOPICS, ...chance(CHANCE.topic)), pick(TOPICS, ...chance(CHANCE.more))];
  const age = Math.min(VOTED, Math.max(0, now - created) / DAY) / VOTED;
  const votes = Math.round(between(3, featured ? 600 : 40, ...chance(CHANCE.votes)) * Math.sqrt(age));
  return {
    id: String(day * 100 + nth),
    name,
    slug: `${name.toLowerCase().replace(" ", "-")}-${day}-${nth}`,
    tagline: `An invented product, number ${nth + 1} of its day`,
    topics: topic === more ? [topic] : [topic, more],
    votes,
    comments: Math.floor(votes / 12),
    rating: uniform(...chance(CHANCE.rating)) < 0.7 ? undefined : between(30, 50, ...chance(CHANCE.rating)) / 10,
    created,
    featured,
  };
}
