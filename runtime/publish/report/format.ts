const counts = new Intl.NumberFormat("en-US");
const scaled = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3, useGrouping: false });
const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const units = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** Stands where a value does not exist. */
export const nothing = "–";

/** `12154` as `12,154`. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** A count with its noun: `1 gap`, `2 gaps`. */
export function formatNumberOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** Decimal units with three significant digits: `999 B`, `1.23 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Number(value.toPrecision(3)) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${scaled.format(value)} ${units[unit]}`;
}

/** A duration without its unit, for a column of seconds: `0.04`, `3.2`, `1,234`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.1) return String(Number(seconds.toFixed(2)));
  return seconds < 10 ? String(Number(seconds.toFixed(1))) : formatCount(Math.round(seconds));
}

/** A duration in words: `3.2 s`, `2 min 5 s`, `1 h 20 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${formatSeconds(seconds)} s`;
  const whole = Math.round(seconds);
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${formatCount(Math.floor(whole / 3600))} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** The UTC date of an ISO text. */
export function formatDate(iso: string | null): string {
  return iso === null ? nothing : new Date(iso).toISOString().slice(0, 10);
}

/** `2025-03-01 14:05 UTC`. */
export function formatInstant(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** `4.3` as `$4.30`. */
export function formatDollars(usd: number): string {
  return dollars.format(usd);
}
