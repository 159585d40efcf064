const UNITS = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
} as const;

type Unit = keyof typeof UNITS;

/** A length of time with its unit: `"1 second"`, `"299 days"`. A day has 24 hours, a week seven days. */
export type Duration = `${number} ${Unit | `${Unit}s`}`;

export const DURATION_PATTERN = /^([1-9]\d*) (second|minute|hour|day|week)s?$/;

/** Milliseconds of a duration. @throws RangeError when the text is not of the form `<whole number> <unit>`. */
export function milliseconds(duration: Duration): number {
  const [, count, unit] = DURATION_PATTERN.exec(duration) ?? [];
  if (!count || !unit) throw new RangeError(`not a duration: ${JSON.stringify(duration)}`);
  return Number(count) * UNITS[unit as Unit];
}

export const DAY = UNITS.day;
