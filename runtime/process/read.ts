import type { RecordCheck } from "../dataset/checks.ts";
import type { Dataset } from "../dataset/definition.ts";
import { DAY } from "../dataset/duration.ts";
import { messageOf } from "../dataset/errors.ts";
import { readRows } from "../dataset/rows.ts";
import type { RequestContext, SourceRow } from "../dataset/source.ts";
import { toWindow } from "../dataset/window.ts";
import type { Exchange } from "../store/exchange.ts";
import type { StoredRecord, StoredValue } from "../store/records.ts";
import { convert, ValueError } from "./convert.ts";

/** A row that is no record: why, and where its raw is. */
export interface Rejected {
  readonly reason: string;
  readonly raw: string;
  /** Position among the body's rows, from 0. */
  readonly row: number;
  readonly fetchedAt: string;
  readonly source: unknown;
}

export interface ReadResult {
  readonly records: readonly StoredRecord[];
  readonly rejected: readonly Rejected[];
}

/** Milliseconds of a record's cursor. */
export function cursorOf(dataset: Dataset, values: readonly StoredValue[]): number {
  const value = values[Object.keys(dataset.schema).indexOf(dataset.cursor)] as number;
  return dataset.schema[dataset.cursor]?.kind === "date" ? value * DAY : value;
}

/**
 * The records of one exchange. Rows outside of the window that was asked are left out: some sources answer with more, and
 * such a row may still be changing. A row that cannot be read, or fails a check, is rejected; the others are not affected.
 */
export function readExchange(dataset: Dataset, exchange: Exchange, body: Uint8Array): ReadResult {
  const start = Date.parse(exchange.window.start);
  const end = Date.parse(exchange.window.end);
  const context: RequestContext = {
    partition: { [dataset.partitions.field]: exchange.partition },
    window: toWindow({ start, end }, dataset.source.windows),
  };
  const records: StoredRecord[] = [];
  const rejected: Rejected[] = [];
  const rows = exchange.verdict === "empty" ? [] : readRows(body);
  for (const [row, source] of rows.entries()) {
    try {
      const values = readRow(dataset, source, context);
      const at = cursorOf(dataset, values);
      if (at < start || at >= end) continue;
      const reason = failedCheck(dataset, values);
      if (reason) throw new ValueError(reason);
      records.push({ values, raw: exchange.body.key, fetchedAt: Date.parse(exchange.at) });
    } catch (error) {
      rejected.push({ reason: messageOf(error), raw: exchange.body.key, row, fetchedAt: exchange.at, source });
    }
  }
  return { records, rejected };
}

function readRow(dataset: Dataset, source: SourceRow, context: RequestContext): StoredValue[] {
  const fields = { ...dataset.source.rows(source, context), ...context.partition };
  const faults: string[] = [];
  const values = Object.entries(dataset.schema).map(([name, column]) => {
    try {
      return convert(fields[name], column);
    } catch (error) {
      faults.push(`${name} ${messageOf(error)}`);
      return null;
    }
  });
  if (faults.length) throw new ValueError(faults.join("; "));
  return values;
}

function failedCheck(dataset: Dataset, values: readonly StoredValue[]): string | undefined {
  for (const check of dataset.checks)
    if (check.kind === "record") {
      const reason = check.test(comparable(dataset, check, values));
      if (reason) return `${check.name}: ${reason}`;
    }
  return undefined;
}

/** The values of a check's columns, decimals brought to one scale so that they may be compared. */
function comparable(dataset: Dataset, check: RecordCheck, values: readonly StoredValue[]): StoredValue[] {
  const names = Object.keys(dataset.schema);
  const columns = check.columns.map((name) => ({
    column: dataset.schema[name],
    value: values[names.indexOf(name)] ?? null,
  }));
  const scale = Math.max(0, ...columns.map(({ column }) => (column?.kind === "decimal" ? column.scale : 0)));
  return columns.map(({ column, value }) =>
    column?.kind === "decimal" && typeof value === "bigint" ? value * 10n ** BigInt(scale - column.scale) : value,
  );
}
