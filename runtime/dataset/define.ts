import type { Dataset, DatasetDefinition } from "./definition.ts";
import { show, UserError } from "./errors.ts";
import type { Schema } from "./schema.ts";
import type { HttpSource } from "./source.ts";
import { definitionFaults } from "./validate.ts";

/**
 * A dataset: one value from which its tables, its task, its rights and its schedule come.
 * @throws UserError with every fault of the definition at once
 */
export function defineDataset<const P extends string, const S extends Schema>(
  definition: DatasetDefinition<P, S>,
): Dataset {
  const faults = definitionFaults(definition);
  if (faults.length) {
    const name = (definition as { name?: unknown } | undefined)?.name;
    throw new UserError(
      `dataset ${show(name)} has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:`,
      faults,
    );
  }
  const { name, source, partitions, load = { warehouse: {}, database: true } } = definition;
  const [field] = Object.keys(partitions) as [P];
  const dataset: Dataset = {
    ...definition,
    source: { auth: { kind: "none" }, responses: [], ...(source as HttpSource) },
    partitions: { field, values: partitions[field] },
    checks: definition.checks ?? [],
    after: definition.after ?? [],
    load: {
      ...(load.warehouse ? { warehouse: { table: name, sortBy: [definition.cursor], ...load.warehouse } } : {}),
      ...(load.database ? { database: load.database === true ? { table: name } : load.database } : {}),
    },
    compute: definition.compute ?? { vcpu: 0.25, memory: 512 },
    deadline: definition.deadline ?? "2 hours",
  };
  defined.add(dataset);
  return dataset;
}

const defined = new WeakSet<object>();

/** Whether a value came out of `defineDataset`, and so was found right. */
export const isDataset = (value: unknown): value is Dataset =>
  typeof value === "object" && value !== null && defined.has(value);
