import type { RecordCheck } from "../dataset/checks.ts";
import type { Dataset } from "../dataset/definition.ts";
import type { StoredValue } from "../store/records.ts";

/** Why a record fails, by its values in the order of the schema; undefined when it does not. */
export type RowCheck = (values: readonly StoredValue[]) => string | undefined;

export function rowChecks(dataset: Dataset): RowCheck[] {
  return dataset.checks.flatMap((check) => (check.kind === "record" ? [prepared(dataset, check)] : []));
}

/** With the values of the check's columns, decimals brought to one scale so that they may be compared. */
function prepared({ schema }: Dataset, check: RecordCheck): RowCheck {
  const names = Object.keys(schema);
  const columns = check.columns.map((name) => ({ position: names.indexOf(name), column: schema[name] }));
  const scale = Math.max(0, ...columns.map(({ column }) => (column?.kind === "decimal" ? column.scale : 0)));
  const parts = columns.map(({ position, column }) => ({
    position,
    factor: column?.kind === "decimal" && column.scale < scale ? 10n ** BigInt(scale - column.scale) : undefined,
  }));
  return (values) => {
    const given = parts.map(({ position, factor }) => {
      const value = values[position] ?? null;
      return factor !== undefined && typeof value === "bigint" ? value * factor : value;
    });
    const reason = check.test(given);
    return reason && `${check.name}: ${reason}`;
  };
}
