import type { Interval } from "../../dataset/interval.ts";

/** A mark on a time axis. `x` is a fraction of the axis, 0 to 1. */
export interface Tick {
  readonly x: number;
  readonly label: string;
}

const day = 86_400_000;
const daySteps = [1, 2, 7, 14];
const monthSteps = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1_200];
const yearLabel = new Intl.DateTimeFormat("en-US", { year: "numeric", timeZone: "UTC" });
const monthLabel = new Intl.DateTimeFormat("en-US", { month: "short", timeZone: "UTC" });
const monthAndYearLabel = new Intl.DateTimeFormat("en-US", { month: "short", year: "numeric", timeZone: "UTC" });
const dayLabel = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", timeZone: "UTC" });

/** Ticks at round UTC dates inside the interval, as many as possible but at most `most`. */
export function timeTicks(domain: Interval, most: number): Tick[] {
  const candidates = [
    ...daySteps.map((step) => () => everyDays(domain, step)),
    ...monthSteps.map((step) => () => everyMonths(domain, step)),
  ];
  const days = (domain.end - domain.start) / day;
  for (const [index, candidate] of candidates.entries()) {
    const shortest = daySteps[index] ?? (monthSteps[index - daySteps.length] ?? 1) * 28;
    if (days / shortest > most * 2) continue;
    const ticks = candidate();
    if (ticks.length <= most) return ticks;
  }
  return [];
}

function everyDays(domain: Interval, step: number): Tick[] {
  const size = step * day;
  const ticks: Tick[] = [];
  for (let at = Math.ceil(domain.start / size) * size; at < domain.end; at += size)
    ticks.push({ x: position(at, domain), label: dayLabel.format(at) });
  return ticks;
}

function everyMonths(domain: Interval, step: number): Tick[] {
  const first = new Date(domain.start);
  const months = first.getUTCFullYear() * 12 + first.getUTCMonth();
  const ticks: Tick[] = [];
  for (let month = Math.floor(months / step) * step; ; month += step) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (at >= domain.end) return ticks;
    if (at < domain.start) continue;
    const label = month % 12 === 0 ? yearLabel : ticks.length === 0 ? monthAndYearLabel : monthLabel;
    ticks.push({ x: position(at, domain), label: label.format(at) });
  }
}

function position(at: number, { start, end }: Interval): number {
  return (at - start) / (end - start);
}
