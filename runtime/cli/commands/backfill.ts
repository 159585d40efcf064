import type { Dataset } from "../../dataset/definition.ts";
import type { Fault } from "../../dataset/errors.ts";
import { parseInput, partitionFaults, type RunInput } from "../../tasks/input.ts";
import { resolvePartitions } from "../../tasks/resolve.ts";
import { loadDatasets, selectDatasets } from "../datasets.ts";
import { openLake } from "../lake.ts";
import { UsageError } from "../usage.ts";
import { bringIn } from "./run.ts";

export interface BackfillOptions {
  readonly data: string;
  readonly datasets?: string;
  readonly from?: string;
  readonly to?: string;
  readonly partitions?: readonly string[];
  readonly again?: true;
  readonly stack?: string;
  readonly json?: true;
}

/** `tidegate backfill`: a stretch of a dataset, with the input that an execution in the cloud takes. */
export async function backfill(name: string, options: BackfillOptions): Promise<number> {
  const [dataset] = selectDatasets(await loadDatasets(options.datasets), [name]);
  if (!dataset) return 1;
  const input = checked(dataset, options);
  if (options.stack !== undefined) {
    const command = startCommand(dataset, input, options.stack);
    process.stdout.write(options.json ? `${JSON.stringify({ input, command }, null, 2)}\n` : `${command}\n`);
    return 0;
  }
  await refuseUnknown(dataset, input, options);
  return bringIn([dataset], { data: options.data, input, ...(options.json ? { json: true } : {}) });
}

const REFUSAL = "cannot backfill that:";

/** @throws UsageError with everything that is wrong, in the words of the command */
function checked(dataset: Dataset, { from, to, partitions, again }: BackfillOptions): RunInput {
  const given: RunInput = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(partitions === undefined ? {} : { partitions }),
    ...(again ? { again } : {}),
  };
  const parsed = parseInput(JSON.stringify(given), dataset);
  if ("faults" in parsed) throw new UsageError(REFUSAL, parsed.faults.map(asOption));
  return parsed.input;
}

/** Which partitions there are is known only in the lake where they come from somewhere else. */
async function refuseUnknown(dataset: Dataset, input: RunInput, options: BackfillOptions): Promise<void> {
  if (dataset.partitions.origin?.kind !== "rows") return;
  const faults = partitionFaults(input, await resolvePartitions(dataset, await openLake(options)));
  if (faults.length) throw new UsageError(REFUSAL, faults.map(asOption));
}

const asOption = ({ path, ...fault }: Fault): Fault => ({
  path: path && `--${path.replace(/\[\d+\]$/, "")}`,
  ...fault,
});

/** What a shell takes; the state machine's ARN is an output of the stack. */
function startCommand({ name }: Dataset, input: RunInput, stack: string): string {
  const json = JSON.stringify(input).replaceAll("'", "'\\''");
  const shell = (text: string): string => (/^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  return [
    "aws stepfunctions start-execution \\",
    `  --state-machine-arn "$(pulumi stack output stateMachineArns --stack ${shell(stack)} --json | jq -r .${name})" \\`,
    `  --input '${json}'`,
  ].join("\n");
}
