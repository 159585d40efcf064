import { unknownName } from "../../runtime/dataset/errors.ts";
import type { Dataset, Fault } from "../../runtime/dataset/index.ts";
import { capacityFaults } from "../warehouse-capacity.ts";
import { networkSettingsFaults } from "./network-choice.ts";
import type { WrittenSettings } from "./schema.ts";
import { sourceUrlsOf } from "./source-urls.ts";

/**
 * Faults between settings, and between settings and datasets.
 * @param settings where a setting has a fault of its own, with its default instead
 */
export const betweenFaults = (settings: WrittenSettings, datasets: readonly Dataset[]): Fault[] => [
  ...networkSettingsFaults(settings, datasets),
  ...lockFaults(settings),
  ...warehouseFaults(settings),
  ...storageFaults(settings),
  ...loadFaults(settings, datasets),
  ...unknownDatasets(settings, datasets),
  ...repeatedReaders(settings),
];

function lockFaults({ lakeLockMode, disposable }: WrittenSettings): Fault[] {
  if (lakeLockMode !== "compliance" || !disposable) return [];
  const problem = "what nobody can delete cannot go away with a disposable stack";
  return [{ path: "lakeLockMode", problem, value: lakeLockMode, allowed: '"none", "governance"' }];
}

function warehouseFaults(settings: WrittenSettings): Fault[] {
  const { warehouseBaseCapacity: baseCapacity, warehouseMaxCapacity: maxCapacity } = settings;
  return capacityFaults({ baseCapacity, maxCapacity }).map((fault) => ({ ...fault, path: "warehouseMaxCapacity" }));
}

const storageFaults = ({ databaseStorage, databaseMaxStorage }: WrittenSettings): Fault[] =>
  databaseMaxStorage >= databaseStorage
    ? []
    : [
        {
          path: "databaseMaxStorage",
          problem: "is below databaseStorage",
          value: databaseMaxStorage,
          allowed: `${databaseStorage} or more`,
        },
      ];

/** Datasets that load into something that the stack does not have. */
function loadFaults(settings: WrittenSettings, datasets: readonly Dataset[]): Fault[] {
  if (settings.loadMissing === "skip") return [];
  const kinds = { warehouse: '"serverless" or "provisioned"', database: '"postgres"' } as const;
  return (["warehouse", "database"] as const).flatMap((target) =>
    settings[target] !== "none"
      ? []
      : datasets
          .filter(({ load }) => load[target])
          .map(({ name, load }) => ({
            path: `datasets.${name}.load.${target}`,
            problem: `is a table of a ${target}, which this stack does not have`,
            value: load[target]?.table,
            fix: `set ${target} to ${kinds[target]}, or loadMissing to "skip"`,
          })),
  );
}

function unknownDatasets({ readers, team, sourceUrls }: WrittenSettings, datasets: readonly Dataset[]): Fault[] {
  const names = [...new Set(datasets.map(({ name }) => name))];
  const listed = [
    ...readers.map((reader, index) => ({ path: `readers[${index}].datasets`, datasets: reader.datasets })),
    ...(team ? [{ path: "team.datasets", datasets: team.datasets }] : []),
    { path: "sourceUrls", datasets: Object.keys(sourceUrlsOf(sourceUrls)) },
  ];
  return listed.flatMap(({ path, datasets: given }) =>
    (given === "all" ? [] : given)
      .filter((name) => !names.includes(name))
      .map((name) => unknownName(path, "names no dataset", name, names)),
  );
}

const repeatedReaders = ({ readers }: WrittenSettings): Fault[] =>
  readers.flatMap(({ name }, index) =>
    readers.findIndex((other) => other.name === name) < index
      ? [{ path: `readers[${index}].name`, problem: "two readers have one name", value: name }]
      : [],
  );
