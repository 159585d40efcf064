import { processStep as processAll } from "../process-step.ts";
import { type ProcessPart, writePart } from "./parts.ts";
import { exitOf, type StepContext, type StepResult } from "./step.ts";

/** Processes the whole dataset, and notes what loads need to know of each file. */
export async function processStep(context: StepContext): Promise<StepResult> {
  const processed = await processAll(context);
  const part: ProcessPart = { version: 1, ...processed };
  await writePart(context, "process", part);
  const rows = processed.partitions.reduce((sum, partition) => sum + partition.rows, 0);
  const { partitions, errors } = processed;
  return { exit: exitOf(part), numbers: { partitions: partitions.length, rows, errors } };
}
