import { type Interval, subtract, union } from "../../dataset/interval.ts";
import type { PartitionCoverage } from "../../dataset/run.ts";

/** `empty` is covered, but without a record where one may be expected; `pending` is neither covered nor a gap yet. */
export type CoverageState = "covered" | "empty" | "gap" | "pending";

/** A piece of a lane as it is drawn. Positions are fractions of the lane, 0 to 1. */
export interface Piece {
  readonly state: CoverageState;
  readonly x: number;
  readonly width: number;
  /** What the piece stands for: more than one span where they are too near to be drawn apart. */
  readonly spans: readonly Interval[];
}

const day = 86_400_000;
/** Markets close for some days in a row, so a shorter time without records before the first or behind the last one says nothing. */
const ordinaryPause = 7 * day;
/** The narrowest mark that can still be seen and pointed at: about two pixels. */
export const narrowestMark = 0.003;

/** The time that the lanes of a dataset share: from the first to the last instant that any partition mentions. */
export function coverageDomain(partitions: readonly PartitionCoverage[]): Interval | undefined {
  const spans = partitions.flatMap((partition) => [
    ...intervals(partition.covered),
    ...intervals(partition.gaps),
    ...recorded(partition),
  ]);
  if (spans.length === 0) return undefined;
  return spans.reduce((a, b) => ({ start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) }));
}

/**
 * The pieces of a partition's lane in the order of drawing: marks that must not be hidden come last.
 * @param domain contains whatever the partition mentions
 */
export function layLane(partition: PartitionCoverage, domain: Interval): Piece[] {
  const gaps = union(intervals(partition.gaps));
  const covered = union(intervals(partition.covered)).flatMap((span) => subtract(span, gaps));
  const empty = union(covered.flatMap((span) => emptyWithin(span, partition)));
  return [
    ...pieces("pending", subtract(domain, [...gaps, ...covered]), domain),
    ...pieces(
      "covered",
      covered.flatMap((span) => subtract(span, empty)),
      domain,
    ),
    ...marks("empty", empty, domain),
    ...marks("gap", gaps, domain),
  ];
}

function emptyWithin(covered: Interval, partition: PartitionCoverage): Interval[] {
  const around = subtract(covered, recorded(partition)).filter(({ start, end }) => end - start > ordinaryPause);
  const missing = partition.missing.map(dayOf).filter(({ start }) => start >= covered.start && start < covered.end);
  return [...around, ...missing];
}

function recorded({ first, last }: PartitionCoverage): Interval[] {
  return first === null || last === null ? [] : [{ start: dayOf(first).start, end: dayOf(last).end }];
}

function pieces(state: CoverageState, spans: readonly Interval[], domain: Interval): Piece[] {
  return spans.map((span) => ({ state, ...place(span, domain), spans: [span] }));
}

function marks(state: CoverageState, spans: readonly Interval[], domain: Interval): Piece[] {
  const drawn: Piece[] = [];
  for (const span of spans) {
    const mark = widen(place(span, domain));
    const last = drawn.at(-1);
    if (last && last.x + last.width >= mark.x) {
      const end = Math.max(last.x + last.width, mark.x + mark.width);
      drawn[drawn.length - 1] = { state, x: last.x, width: end - last.x, spans: [...last.spans, span] };
    } else drawn.push({ state, ...mark, spans: [span] });
  }
  return drawn;
}

function widen({ x, width }: { x: number; width: number }): { x: number; width: number } {
  if (width >= narrowestMark) return { x, width };
  const centred = x + width / 2 - narrowestMark / 2;
  return { x: Math.min(Math.max(0, centred), 1 - narrowestMark), width: narrowestMark };
}

function place({ start, end }: Interval, domain: Interval): { x: number; width: number } {
  const length = domain.end - domain.start;
  return { x: (start - domain.start) / length, width: (end - start) / length };
}

function intervals(spans: PartitionCoverage["covered"]): Interval[] {
  return spans
    .map(([start, end]) => ({ start: Date.parse(start), end: Date.parse(end) }))
    .filter(({ start, end }) => end > start);
}

function dayOf(date: string): Interval {
  const start = Date.parse(date.slice(0, 10));
  return { start, end: start + day };
}
