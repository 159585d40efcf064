/** What every column may say about itself. */
export interface ColumnNotes {
  /** Unit of the values, for people: `"USD"`, `"shares"`. */
  readonly unit?: string;
  readonly description?: string;
  /** Whether a record may lack the value. @default false */
  readonly nullable?: boolean;
}

export type TimestampUnit = "iso" | "seconds" | "milliseconds";

interface ColumnBase {
  readonly nullable: boolean;
  readonly unit?: string;
  readonly description?: string;
}

export interface DecimalColumn extends ColumnBase {
  readonly kind: "decimal";
  readonly precision: number;
  readonly scale: number;
  readonly excess: "refuse" | "round";
}

/** A typed column; made by `text()`, `decimal()` and their like. */
export type Column =
  | (ColumnBase & { readonly kind: "text" | "date" | "integer" | "float" | "boolean" | "json" })
  | (ColumnBase & { readonly kind: "timestamp"; readonly from: TimestampUnit })
  | DecimalColumn;

export type ColumnKind = Column["kind"];

/** The columns of a record, in the order of the tables. */
export type Schema = Readonly<Record<string, Column>>;

const base = ({ nullable = false, ...notes }: ColumnNotes): ColumnBase => ({ nullable, ...notes });

export const text = (notes: ColumnNotes = {}): Column => ({ kind: "text", ...base(notes) });

/** A calendar date. Read from `YYYY-MM-DD`, also when midnight UTC follows it. */
export const date = (notes: ColumnNotes = {}): Column => ({ kind: "date", ...base(notes) });

/** An instant in UTC. @param from how the source writes it: ISO 8601 with a zone, or Unix seconds or milliseconds. */
export const timestamp = (from: TimestampUnit = "iso", notes: ColumnNotes = {}): Column => ({
  kind: "timestamp",
  from,
  ...base(notes),
});

export interface DecimalNotes extends ColumnNotes {
  /** Digits in all, 1 to 38. @default 38 */
  readonly precision?: number;
  /** Digits behind the point, 0 to `precision`. @default 18 */
  readonly scale?: number;
  /**
   * What happens to a number with more digits behind the point: `"refuse"` quarantines the record, `"round"` rounds half
   * to even, for sources that print binary floats. @default "refuse"
   */
  readonly excess?: "refuse" | "round";
}

/** An exact decimal number. The digits of the source's text are kept; nothing passes through a float. */
export function decimal({ precision = 38, scale = 18, excess = "refuse", ...notes }: DecimalNotes = {}): Column {
  return { kind: "decimal", precision, scale, excess, ...base(notes) };
}

/** A whole number of at most 64 bits. */
export const integer = (notes: ColumnNotes = {}): Column => ({ kind: "integer", ...base(notes) });

/** A binary float of 64 bits; for measurements, not for money. */
export const float = (notes: ColumnNotes = {}): Column => ({ kind: "float", ...base(notes) });

export const boolean = (notes: ColumnNotes = {}): Column => ({ kind: "boolean", ...base(notes) });

/** Any JSON value, kept as its text. */
export const json = (notes: ColumnNotes = {}): Column => ({ kind: "json", ...base(notes) });
