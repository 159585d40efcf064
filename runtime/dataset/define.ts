import type { Dataset, DatasetDefinition } from "./definition.ts";
import { show, UserError, unknownName } from "./errors.ts";
import type { PartitionOrigin } from "./partitions.ts";
import type { Schema } from "./schema.ts";
import type { HttpSource, ResolvedSource } from "./source.ts";
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
  const given = partitions[field];
  const sources = Object.fromEntries(
    Object.entries({ default: source, ...definition.alternatives }).map(([key, one]) => [
      key,
      resolved(one as HttpSource),
    ]),
  );
  const dataset: Dataset = {
    ...definition,
    source: sources.default as ResolvedSource,
    sourceName: "default",
    sources,
    partitions: Array.isArray(given)
      ? { field, values: given }
      : { field, values: [], origin: given as PartitionOrigin },
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

const resolved = (source: HttpSource): ResolvedSource => ({
  auth: { kind: "none" },
  responses: [],
  format: { kind: "json" },
  batch: 1,
  hosts: [],
  privateNetwork: false,
  ...source,
});

/** The dataset, asking another of its sources. @throws UserError when it has none of that name */
export function withSource(dataset: Dataset, name: string): Dataset {
  const source = dataset.sources[name];
  if (!source)
    throw new UserError(`${dataset.name} cannot be asked that way:`, [
      unknownName("source", "is no source of it", name, Object.keys(dataset.sources)),
    ]);
  return { ...dataset, source, sourceName: name };
}

const defined = new WeakSet<object>();

/** Whether a value came out of `defineDataset`, and so was found right. */
export const isDataset = (value: unknown): value is Dataset =>
  typeof value === "object" && value !== null && defined.has(value);
