import { PROJECT_FOLDER } from "../../components/bundle.ts";
import { readSettings, type Settings } from "../../components/settings.ts";
import { recordStack } from "../../offline/program.ts";
import type { Mode, RecordedResource, Recording } from "../../offline/record.ts";
import { readStackConfig } from "../../offline/stack-config.ts";
import type { Value } from "../../offline/wire.ts";
import type { Dataset } from "../../runtime/dataset/index.ts";

/** The stacks that come with the project. */
export const STACKS = ["dev", "prod", "lean"] as const;

export type StackName = (typeof STACKS)[number];

const recordings = new Map<string, Promise<Recording>>();

/** A stack of the project, evaluated once for all tests that only look at it. */
export function stackRecording(stack: StackName, mode: Mode = "preview"): Promise<Recording> {
  const key = `${stack} ${mode}`;
  const known = recordings.get(key) ?? recordStack({ folder: PROJECT_FOLDER, stack, mode });
  recordings.set(key, known);
  return known;
}

/** The settings of a stack, for other datasets than the project's, all of which it deploys. */
export async function stackSettings(stack: StackName, datasets: readonly Dataset[]): Promise<Settings> {
  const { config, project } = await readStackConfig(PROJECT_FOLDER, stack);
  const { [`${project}:datasets`]: _datasets, [`${project}:sources`]: _sources, ...rest } = config;
  return readSettings(rest, project, datasets);
}

export const customOf = ({ resources }: Recording): RecordedResource[] => resources.filter((each) => each.custom);

const DOCUMENTS = ["policy", "assumeRolePolicy", "containerDefinitions", "dashboardBody"];

export interface Document {
  readonly resource: RecordedResource;
  readonly property: string;
  readonly value: Value;
}

/** Every document that has to be a complete text. */
export const documentsOf = (recording: Recording): Document[] =>
  customOf(recording).flatMap((resource) =>
    DOCUMENTS.flatMap((property) => {
      const value = resource.inputs[property];
      return value === undefined ? [] : [{ resource, property, value }];
    }),
  );

/** How a snapshot describes a stack. */
export interface StackSnapshot {
  /** Resources by type. */
  readonly counts: Readonly<Record<string, number>>;
  readonly urns: readonly string[];
}

/** What a stack consists of, sorted. */
export function snapshotOf({ resources }: Recording): StackSnapshot {
  const counts: Record<string, number> = {};
  const leaves = resources.filter(({ custom, remote }) => custom || remote);
  for (const type of leaves.map((each) => each.type).sort()) counts[type] = (counts[type] ?? 0) + 1;
  return { counts, urns: resources.map(({ urn }) => urn).sort() };
}
