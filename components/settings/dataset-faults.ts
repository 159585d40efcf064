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
    scheduleFaults(dataset.schedule).map((fault) => ({ ...fault, path: `datasets.${dataset.name}.${fault.path}` })),
  ),
  ...orderFaults(datasets),
  ...(["warehouse", "database"] as const).flatMap((target) => sharedTables(datasets, target)),
];

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
