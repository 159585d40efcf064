import { type Interval, union } from "../dataset/interval.ts";
import { Moment } from "../dataset/moment.ts";
import { readJson, updateJson } from "./documents.ts";
import { stateKey } from "./layout.ts";
import type { Store } from "./store.ts";

interface StateDocument {
  readonly version: 1;
  readonly dataset: string;
  readonly partition: string;
  /** Half-open, ISO 8601. */
  readonly coverage: readonly { readonly start: string; readonly end: string }[];
}

const intervals = (state: StateDocument | undefined): Interval[] =>
  (state?.coverage ?? []).map(({ start, end }) => ({ start: Date.parse(start), end: Date.parse(end) }));

/** What is known complete of a partition, merged and in order. */
export async function readCoverage(store: Store, dataset: string, partition: string): Promise<Interval[]> {
  return intervals((await readJson<StateDocument>(store, stateKey(dataset, partition)))?.value);
}

/** Adds an interval whose raw is durable. Two writers at once both get theirs in. @returns the coverage after it */
export async function addCoverage(
  store: Store,
  dataset: string,
  partition: string,
  added: Interval,
): Promise<Interval[]> {
  const state = await updateJson<StateDocument>(store, stateKey(dataset, partition), (now) => ({
    version: 1,
    dataset,
    partition,
    coverage: union([...intervals(now), added]).map(({ start, end }) => ({
      start: new Moment(start).toString(),
      end: new Moment(end).toString(),
    })),
  }));
  return intervals(state);
}
