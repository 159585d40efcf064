/** An instant in the spellings that APIs ask for. As text it is ISO 8601 in UTC with seconds: `2022-01-01T00:00:00Z`. */
export class Moment {
  /** Unix milliseconds. */
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }

  /** Unix seconds, whole. */
  get seconds(): number {
    return Math.floor(this.milliseconds / 1_000);
  }

  /** The UTC date, `YYYY-MM-DD`. */
  get date(): string {
    return new Date(this.milliseconds).toISOString().slice(0, 10);
  }

  toString(): string {
    return new Date(this.milliseconds).toISOString().replace(".000Z", "Z");
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Unix milliseconds of a UTC date `YYYY-MM-DD`; NaN when there is no such day. */
export function startOfDate(date: string): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return Number.NaN;
  const start = Date.parse(`${date}T00:00:00Z`);
  // Date.parse takes the 30th of February for the 1st of March.
  return new Date(start).getUTCDate() === Number(date.slice(8)) ? start : Number.NaN;
}
