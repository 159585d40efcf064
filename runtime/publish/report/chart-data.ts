import type { DatasetFacts, PriceSeries } from "./input.ts";

/** Partitions that one chart can hold and a reader can tell apart. */
export const chartPartitionLimit = 40;
/** Points in time that one chart holds; more than that is thinned evenly, because a screen shows no more. */
export const chartTimeLimit = 10_000;

/** A time axis as its first time (Unix seconds), a step, and how many steps lie between each time and the next. */
export interface TimeAxis {
  readonly start: number;
  readonly step: number;
  readonly strides: readonly number[];
}

/** Prices along the dataset's time axis from index `offset` on; null where the partition has none. */
export interface ChartLine {
  readonly partition: string;
  readonly offset: number;
  readonly close: readonly (number | null)[];
}

export interface DatasetChart {
  readonly dataset: string;
  readonly title: string;
  readonly axis: TimeAxis;
  readonly lines: readonly ChartLine[];
  /** Partitions with prices, of which `lines` are the first. */
  readonly partitions: number;
  /** Of how many consecutive points one is drawn. */
  readonly thinning: number;
}

/** One chart a dataset that has prices, in the order of the datasets. */
export function chartsOf(datasets: readonly DatasetFacts[], series: readonly PriceSeries[]): DatasetChart[] {
  return datasets
    .map(({ name, title }) => ({ name, title, own: series.filter((each) => each.dataset === name) }))
    .filter(({ own }) => own.some(({ times }) => times.length > 0))
    .map(({ name, title, own }) => chartOf(name, title, own));
}

function chartOf(dataset: string, title: string, series: readonly PriceSeries[]): DatasetChart {
  const drawn = series.filter(({ times }) => times.length > 0).slice(0, chartPartitionLimit);
  const prices = drawn.map(({ times, close }) => new Map(times.map((time, index) => [time, close[index]])));
  const all = [...new Set(drawn.flatMap(({ times }) => times))].sort((a, b) => a - b);
  const thinning = Math.ceil(all.length / chartTimeLimit);
  const times = all.filter((_, index) => (all.length - 1 - index) % thinning === 0);
  return {
    dataset,
    title,
    axis: axisOf(times),
    lines: drawn.map(({ partition }, index) => lineOf(partition, times, prices[index] ?? new Map())),
    partitions: series.length,
    thinning,
  };
}

function axisOf(times: readonly number[]): TimeAxis {
  const distances = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const step = distances.reduce(greatestCommonDivisor, 0) || 1;
  return { start: times[0] ?? 0, step, strides: distances.map((distance) => distance / step) };
}

function lineOf(
  partition: string,
  times: readonly number[],
  prices: ReadonlyMap<number, number | undefined>,
): ChartLine {
  const close = times.map((time) => {
    const price = prices.get(time);
    return price !== undefined && Number.isFinite(price) ? price : null;
  });
  const offset = Math.max(
    0,
    close.findIndex((price) => price !== null),
  );
  const end = close.findLastIndex((price) => price !== null) + 1;
  return { partition, offset, close: close.slice(offset, end) };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
