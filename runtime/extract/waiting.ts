import type { ResetHeader } from "../dataset/responses.ts";
import type { HttpAnswer } from "./request.ts";

type Headers = HttpAnswer["headers"];

/** Milliseconds. Clocks differ, and a second is cut off: a time that has come already is not taken at its word. */
const SHORTEST = 1_000;

/** Milliseconds; a year. Whatever is longer is something else than a wait. */
const LONGEST = 366 * 86_400_000;

/**
 * How long an answer says to wait, in milliseconds; undefined when it does not say, or says nonsense.
 * @param reset the header that says so; Retry-After without it @param now Unix milliseconds, for an answer without a date
 */
export function waitOf(headers: Headers, now: number, reset?: ResetHeader): number | undefined {
  const wait = reset ? untilReset(headers, now, reset) : retryAfter(headers, now);
  return wait === undefined || Number.isNaN(wait) || wait > LONGEST ? undefined : Math.max(SHORTEST, wait);
}

function untilReset(headers: Headers, now: number, { header, as }: ResetHeader): number | undefined {
  const value = headers[header.toLowerCase()];
  if (value === undefined || !/^\d+(\.\d+)?$/.test(value)) return undefined;
  return as === "seconds left" ? Number(value) * 1_000 : Number(value) * 1_000 - sourceTime(headers, now);
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.retry-after: seconds, or a date. */
function retryAfter(headers: Headers, now: number): number | undefined {
  const value = headers["retry-after"];
  if (value === undefined) return undefined;
  return /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - sourceTime(headers, now);
}

/** What the source's own clock says, for a moment that it names is by that clock: its date, plus its age in a cache. */
function sourceTime(headers: Headers, now: number): number {
  const date = Date.parse(headers.date ?? "");
  const age = Number(headers.age ?? 0);
  return Number.isNaN(date) ? now : date + (Number.isNaN(age) ? 0 : age * 1_000);
}
