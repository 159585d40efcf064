import { type Duration, milliseconds } from "./duration.ts";

/**
 * A rule that every record must keep; one that does not goes to quarantine with the reason.
 * Decimal columns come as unscaled integers, all of one scale only where `columns` share their type.
 */
export interface RecordCheck {
  readonly kind: "record";
  readonly name: string;
  /** The columns it reads; they must be in the schema. */
  readonly columns: readonly string[];
  /** @returns why the record fails, or undefined */
  test(values: readonly unknown[]): string | undefined;
}

/** A rule about the dataset as a whole, judged when a run ends. */
export interface FreshnessCheck {
  readonly kind: "freshness";
  readonly name: string;
  /** Age of the newest complete bucket, in milliseconds, above which the dataset is late. */
  readonly limit: number;
}

export type Check = RecordCheck | FreshnessCheck;

/**
 * low <= open, close <= high. Records with a null among the four pass.
 * @param prefix what stands before the four names, for a second set of prices: `ohlc("adj_")`
 */
export function ohlc(prefix = ""): RecordCheck {
  const columns = ["open", "high", "low", "close"].map((column) => prefix + column);
  return {
    kind: "record",
    name: `${prefix}ohlc`,
    columns,
    test(values) {
      const [open, high, low, close] = values as (bigint | number | null)[];
      if (open == null || high == null || low == null || close == null) return undefined;
      if (low > open || low > close) return `${prefix}low is above ${prefix}open or ${prefix}close`;
      if (high < open || high < close) return `${prefix}high is below ${prefix}open or ${prefix}close`;
      return undefined;
    },
  };
}

/** The newest complete bucket must not be older than this; a late dataset is reported, its data stays. */
export const fresherThan = (limit: Duration): FreshnessCheck => ({
  kind: "freshness",
  name: `fresher than ${limit}`,
  limit: milliseconds(limit),
});
