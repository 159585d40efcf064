import assert from "node:assert/strict";
import { DAY } from "../../runtime/dataset/duration.ts";
import {
  JumpingClock,
  type ReplayServer,
  type Tried,
  type TryOptions,
  tryDataset,
} from "../../runtime/replay/index.ts";
import { type TinyChanges, tiny } from "./tiny.ts";

/** The first days of 2024: two windows for each of the tickers A and B, four requests. */
export const DAYS = 20;
export const START = Date.UTC(2024, 0, 1);
export const UNTIL = START + DAYS * DAY;
export const REQUESTS = 4;

/** When it is asked. */
export const NOW = Date.UTC(2024, 1, 1, 8);

export const dayOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

export const dates = (count = DAYS, start = START): string[] =>
  Array.from({ length: count }, (_, index) => dayOf(start + index * DAY));

/** Runs the tiny dataset for its first days against a server, on a clock that waits for nothing. */
export const bringIn = (
  server: ReplayServer,
  changes: TinyChanges = {},
  options: Partial<TryOptions> = {},
): Promise<Tried> =>
  tryDataset(tiny(server.url, changes), { server, until: UNTIL, clock: new JumpingClock(NOW), ...options });

/** The records as `A 2024-01-01`, in the order of the files. */
export const recordsOf = ({ records }: Tried): string[] => records.map(({ ticker, date }) => `${ticker} ${date}`);

/** Every record that the source has, each once; nothing failed and nothing was refused. */
export function assertWhole(tried: Tried, days = dates()): void {
  const { summary, quarantined } = tried;
  assert.deepEqual(summary.errors, []);
  assert.equal(summary.outcome, "done");
  assert.deepEqual(quarantined, []);
  assert.deepEqual(
    recordsOf(tried),
    ["A", "B"].flatMap((ticker) => days.map((day) => `${ticker} ${day}`)),
  );
  assert.equal(summary.gaps, 0);
}

/** What is covered of a partition, as dates; half-open. */
export const coveredOf = ({ summary }: Tried, partition: string): string[] =>
  summary.coverage
    .filter((one) => one.partition === partition)
    .flatMap(({ covered }) => covered.map(([start, end]) => `${start.slice(0, 10)}/${end.slice(0, 10)}`));

/** What the only problem of a run is. */
export function problemOf({ summary }: Tried): string {
  const [error, ...others] = summary.errors;
  assert.ok(error, "no problem at all");
  assert.deepEqual(others, []);
  return error.problem;
}
