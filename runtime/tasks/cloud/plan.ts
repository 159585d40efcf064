import type { Dataset } from "../../dataset/definition.ts";
import { UserError } from "../../dataset/errors.ts";
import { Moment } from "../../dataset/moment.ts";
import { type Ask, begin, plan as planPartition } from "../../extract/plan.ts";
import { readStates } from "../../store/state-index.ts";
import { partitionFaults, type RunInput } from "../input.ts";
import { askedOf, wantedOf } from "../wanted.ts";
import { mostAtOnce } from "./at-once.ts";
import { type Batch, type Plan, readPart, writePart } from "./parts.ts";
import { EXIT, type StepContext, type StepResult } from "./step.ts";

/** Partitions of one batch. */
const BATCH = 50;

export interface Planned extends StepResult {
  /** How many there are to extract. */
  readonly batches: number;
}

/** @param batchSize the most partitions of a batch */
export async function planStep(context: StepContext, input: RunInput, batchSize = BATCH): Promise<Planned> {
  const plan = (await readPart(context, "plan")) ?? (await makePlan(context, input, batchSize));
  const { batches, concurrency, wanted } = plan;
  const partitions = batches.reduce((sum, batch) => sum + batch.partitions.length, 0);
  const numbers = { batches: batches.length, partitions, concurrency, wanted };
  return { exit: EXIT.done, batches: batches.length, numbers };
}

/** A plan stays as it was made, so that a run which is resumed counts its batches as before. */
async function makePlan(context: StepContext, input: RunInput, batchSize: number): Promise<Plan> {
  const { dataset, run, clock } = context;
  const now = clock.now();
  const again = input.again ?? false;
  const named = input.partitions !== undefined;
  const ask = { wanted: askedOf(dataset, now, input), complete: wantedOf(dataset, now).end, named, now };
  const { wanted } = ask;
  const open = await withWork(context, chosenOf(dataset, input), ask, again);
  const { batch } = dataset.source;
  const batches = inBatches(open, Math.ceil(batchSize / batch) * batch);
  const plan: Plan = {
    version: 1,
    dataset: dataset.name,
    run,
    input,
    plannedAt: new Date(now).toISOString(),
    wanted: { start: new Moment(wanted.start).toString(), end: new Moment(wanted.end).toString() },
    again,
    concurrency: mostAtOnce(batches.length, dataset.source.budget),
    batches,
  };
  await writePart(context, "plan", plan);
  return plan;
}

/** @throws UserError when the input names a partition that there is not */
function chosenOf(dataset: Dataset, input: RunInput): readonly string[] {
  if (!input.partitions) return dataset.partitions.values;
  const faults = partitionFaults(input, dataset);
  if (faults.length) throw new UserError(`${dataset.name} cannot be planned:`, faults);
  return dataset.partitions.values.filter((value) => input.partitions?.includes(value));
}

/** The partitions that there is something to ask of. */
async function withWork(
  { dataset, store }: StepContext,
  partitions: readonly string[],
  ask: Ask,
  again: boolean,
): Promise<string[]> {
  const { windows } = dataset.source;
  const states = await readStates(store, dataset.name, partitions);
  return [...states].flatMap(([partition, state]) =>
    planPartition(begin(state, windows, ask), windows, ask, again ? [] : undefined).windows.length ? [partition] : [],
  );
}

/** Batches of nearly the same size. */
export function inBatches(partitions: Dataset["partitions"]["values"], size: number): Batch[] {
  const count = Math.ceil(partitions.length / size);
  return Array.from({ length: count }, (_, batch) => ({
    batch,
    partitions: partitions.slice(
      Math.floor((batch * partitions.length) / count),
      Math.floor(((batch + 1) * partitions.length) / count),
    ),
  }));
}
