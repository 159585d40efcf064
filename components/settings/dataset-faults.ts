import { unknownName } from "../../runtime/dataset/errors.ts";
import type { Dataset, Fault } from "../../runtime/dataset/index.ts";
import { scheduleFaults } from "../../runtime/dataset/schedule-faults.ts";
import { orderFaults } from "../dataset-order.ts";

/** Faults of datasets that only show when they are deployed together. */
export const togetherFaults = (datasets: readonly Dataset[]): Fault[] => [
  ...repeated(datasets.map(({ name }) => name)).map((name) => ({
    path: "datasets",
    problem: "two datasets have one name",
    value: name,
  })),
  ...datasets.flatMap((dataset) =>
    (dataset.schedule ? scheduleFaults(dataset.schedule) : []).map((fault) => ({
      ...fault,
      path: `datasets.${dataset.name}.${fault.path}`,
    })),
  ),
  ...orderFaults(datasets),
  ...datasets.flatMap((dataset) => originFaults(dataset, datasets)),
  ...(["warehouse", "database"] as const).flatMap((target) => sharedTables(datasets, target)),
];

/** Partitions that come from a column which the other dataset does not have. */
function originFaults({ name, partitions: { field, origin } }: Dataset, datasets: readonly Dataset[]): Fault[] {
  const other = origin?.kind === "rows" && datasets.find((dataset) => dataset.name === origin.dataset);
  if (!other) return [];
  const columns = Object.keys(other.schema);
  if (columns.includes(origin.column)) return [];
  const path = `datasets.${name}.partitions.${field}`;
  return [unknownName(path, `names no column of ${other.name}`, origin.column, columns)];
}

/** A table that two datasets load into would lose the records of the one when the other is loaded. */
function sharedTables(datasets: readonly Dataset[], target: "warehouse" | "database"): Fault[] {
  const byTable = Map.groupBy(
    datasets.filter(({ load }) => load[target]),
    ({ load }) => load[target]?.table ?? "",
  );
  return [...byTable].flatMap(([table, sharing]) => {
    const names = [...new Set(sharing.map(({ name }) => name))];
    if (names.length < 2) return [];
    const problem = `${names.join(" and ")} load into one table of the ${target}`;
    return [{ path: `datasets.${names[1]}.load.${target}.table`, problem, value: table, fix: "give each its own" }];
  });
}

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];
