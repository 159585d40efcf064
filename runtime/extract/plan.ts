import { DAY, milliseconds } from "../dataset/duration.ts";
import { type Interval, split, subtract, union } from "../dataset/interval.ts";
import type { Windows } from "../dataset/source.ts";
import type { PageInFlight, PartitionState } from "../store/state.ts";

/** What a run wants of every partition. Instants are Unix milliseconds. */
export interface Ask {
  /** Half-open: the first instant wanted, and the end of the last complete bucket. */
  readonly wanted: Interval;
  /** The end of all that can be complete, whatever is wanted of it. */
  readonly complete: number;
  /** Partitions were named by a person, who also means those that the source did not know, or that have ended. */
  readonly named: boolean;
  readonly now: number;
}

/** How long a partition that the source does not know is left alone, in milliseconds. */
const SKIPPED = 7 * DAY;

/** The state with which a run begins: whether corrections are looked for is decided once for each new end. */
export function begin(state: PartitionState, windows: Windows, { wanted, complete }: Ask): PartitionState {
  const untouched = state.coverage.length + state.again.length === 0;
  const asOf = untouched ? complete : (state.asOf ?? state.coverage.at(-1)?.end ?? complete);
  return { ...lookBack(state, windows, wanted.end), ...(windows.restatedBy ? { asOf } : {}) };
}

function lookBack(state: PartitionState, { lookback }: Windows, end: number): PartitionState {
  const known = state.coverage.filter(({ start }) => start < end);
  const until = Math.min(known.at(-1)?.end ?? end, end);
  if (!lookback || end <= (state.lookedBackTo ?? (known.length ? until : Number.NEGATIVE_INFINITY))) return state;
  // What was older when it was asked cannot have been too new: a backfill that is resumed does not look back from its own end.
  const from = (state.lookedBackTo ?? until) - milliseconds(lookback);
  const late = known
    .map((interval) => ({ start: Math.max(interval.start, from), end: Math.min(interval.end, until) }))
    .filter((interval) => interval.start < interval.end);
  return { ...state, lookedBackTo: end, again: union([...state.again, ...late]) };
}

/** What a partition is to be asked, in this order. */
export interface Todo {
  /** The pages that a window still lacks. */
  readonly page: PageInFlight | undefined;
  /** Oldest first, that of `page` among them. */
  readonly windows: readonly Interval[];
}

/**
 * What is still to be asked of a partition.
 * @param known what need not be asked, where that is not the coverage
 */
export function plan(
  { coverage, again, page, skipped, ended }: PartitionState,
  windows: Windows,
  { wanted, named, now }: Ask,
  known: readonly Interval[] = coverage,
): Todo {
  const leftAlone = !named && (ended !== undefined || (skipped !== undefined && now < skipped.at + SKIPPED));
  if (leftAlone) return { page: undefined, windows: [] };
  const missing = union([...subtract(wanted, known), ...again]);
  const resumed = page && missing.some(({ start, end }) => start <= page.window.start && page.window.end <= end);
  if (!resumed) return { page: undefined, windows: cut(missing, windows) };
  const rest = missing.flatMap((interval) => subtract(interval, [page.window]));
  return { page, windows: [page.window, ...cut(rest, windows)].sort((a, b) => a.start - b.start) };
}

const cut = (missing: readonly Interval[], { step }: Windows): Interval[] => {
  const longest = milliseconds(step);
  return missing.flatMap((interval) => split(interval, longest));
};

/** Two halves on bucket borders, or undefined when the window is a single bucket. */
export function halve({ start, end }: Interval, windows: Windows): [Interval, Interval] | undefined {
  const granularity = milliseconds(windows.granularity);
  const buckets = Math.round((end - start) / granularity);
  if (buckets < 2) return undefined;
  const middle = start + Math.ceil(buckets / 2) * granularity;
  return [
    { start, end: middle },
    { start: middle, end },
  ];
}
