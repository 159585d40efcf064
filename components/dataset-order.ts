import { type Fault, unknownName } from "../runtime/dataset/errors.ts";
import type { Dataset } from "../runtime/dataset/index.ts";

type Dependent = Pick<Dataset, "name" | "after">;

/** What is wrong with the names in `after`: those that are no dataset, and those that lead back to where they began. */
export function orderFaults(datasets: readonly Dependent[]): Fault[] {
  const names = datasets.map(({ name }) => name);
  const byName = new Map(datasets.map((dataset) => [dataset.name, dataset]));
  const faults = datasets.flatMap(({ name, after }) =>
    after
      .filter((other) => !byName.has(other))
      .map((other) => unknownName(`datasets.${name}.after`, "names no dataset", other, names)),
  );
  for (const { name } of datasets) {
    const circle = wayBack(name, byName);
    // A circle is told once, at its first name.
    if (circle?.every((other) => other >= name))
      faults.push({
        path: `datasets.${name}.after`,
        problem: "goes round in a circle, so that each run would start the next for ever",
        value: [...circle, name].join(" after "),
        fix: "take one of them out",
      });
  }
  return faults;
}

/** The names on the shortest way from a dataset back to itself, itself first; undefined when there is none. */
function wayBack(start: string, byName: ReadonlyMap<string, Dependent>): string[] | undefined {
  const ways = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const next of byName.get(way.at(-1) ?? "")?.after ?? []) {
      if (next === start) return way;
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return undefined;
}

/** When a dataset is started: by its own schedule, else by that of the first dataset that it comes after. */
export function cronOf(
  { schedule, after }: Pick<Dataset, "schedule" | "after">,
  datasets: readonly Pick<Dataset, "name" | "schedule" | "after">[],
): string | undefined {
  if (schedule) return schedule.cron;
  const parents = after.flatMap((name) => datasets.find((dataset) => dataset.name === name) ?? []);
  return parents.map((parent) => cronOf(parent, datasets)).find((cron) => cron !== undefined);
}
