import type { Dataset } from "../dataset/definition.ts";
import type { Interval } from "../dataset/interval.ts";
import { startOfDate } from "../dataset/moment.ts";
import type { Column } from "../dataset/schema.ts";
import type { JsonValue, RowContext, SourceRow } from "../dataset/source.ts";

/** Looks in the rows of an answer for those that say that the history of their partition has changed. */
export interface RestateWatch {
  visit(row: SourceRow): void;
  /** Partitions of which a row said so. */
  readonly found: ReadonlySet<string>;
}

/**
 * @param asOf of each partition the instant from which a row can say so: what came before was known when its history was asked
 * @returns undefined where no row can say so
 */
export function watchRestatements(
  dataset: Dataset,
  context: RowContext,
  window: Interval,
  asOf: ReadonlyMap<string, number>,
): RestateWatch | undefined {
  const { source, partitions, schema, cursor } = dataset;
  const { restatedBy, over = cursor } = source.windows;
  const column = schema[over];
  if (!restatedBy || !column) return undefined;
  const [only] = asOf.keys();
  const found = new Set<string>();
  const visit = (row: SourceRow): void => {
    if (!restatedBy(row)) return;
    const fields = source.rows(row, context);
    const partition = asOf.size > 1 ? String(fields[partitions.field]) : (only ?? "");
    const at = instantOf(fields[over], column);
    const since = asOf.get(partition);
    if (since !== undefined && at >= since && at >= window.start && at < window.end) found.add(partition);
  };
  return { visit: (row) => ignoringBroken(() => visit(row)), found };
}

/** A row that cannot be read is quarantined when it is processed; here it says nothing. */
function ignoringBroken(visit: () => void): void {
  try {
    visit();
  } catch {
    // Said above.
  }
}

/** Unix milliseconds; NaN for what is no instant. */
function instantOf(value: JsonValue | undefined, column: Column): number {
  if (column.kind === "date") return startOfDate(String(value).slice(0, 10));
  if (column.kind !== "timestamp") return Number.NaN;
  if (column.from === "iso") return Date.parse(String(value));
  return Number(value) * (column.from === "seconds" ? 1_000 : 1);
}
