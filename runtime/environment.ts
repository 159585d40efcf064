import type { Dataset } from "./dataset/definition.ts";
import { type Fault, UserError, unknownName } from "./dataset/errors.ts";

/** What a cloud task is told; the only place in the runtime that reads the environment. */
export interface TaskEnvironment {
  readonly dataset: Dataset;
  /** `s3://bucket/prefix`, or a folder */
  readonly lake: string;
  /** Asks this base URL instead of the definition's. */
  readonly sourceUrl: string | undefined;
  /** Whether the AWS SDK talks to an emulator. */
  readonly emulated: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** @throws UserError with every missing or wrong variable at once */
export function readTaskEnvironment(datasets: readonly Dataset[], variables: Variables = process.env): TaskEnvironment {
  const faults: Fault[] = [];
  const { TIDEGATE_DATASET: name, TIDEGATE_LAKE: lake, TIDEGATE_SOURCE_URL: sourceUrl } = variables;
  const dataset = datasets.find((one) => one.name === name);
  if (!name) faults.push({ path: "TIDEGATE_DATASET", problem: "is not set" });
  else if (!dataset)
    faults.push(
      unknownName(
        "TIDEGATE_DATASET",
        "names no dataset",
        name,
        datasets.map((one) => one.name),
      ),
    );
  if (!lake) faults.push({ path: "TIDEGATE_LAKE", problem: "is not set", allowed: "s3://bucket/prefix" });
  if (sourceUrl !== undefined && !URL.canParse(sourceUrl))
    faults.push({ path: "TIDEGATE_SOURCE_URL", problem: "is no URL", value: sourceUrl });
  if (faults.length || !dataset || !lake) throw new UserError("the task's environment is not complete:", faults);
  return { dataset, lake, sourceUrl, emulated: variables.AWS_ENDPOINT_URL !== undefined };
}

/** The value of a secret, as `PipelineOptions` wants it. */
export const secretFromEnvironment = (name: string): string | undefined => process.env[name];
