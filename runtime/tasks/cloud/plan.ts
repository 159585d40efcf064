import pMap from "p-map";
import type { Dataset } from "../../dataset/definition.ts";
import { DAY } from "../../dataset/duration.ts";
import { type Interval, subtract } from "../../dataset/interval.ts";
import { Moment, startOfDate } from "../../dataset/moment.ts";
import { readCoverage } from "../../store/coverage.ts";
import type { RunInput } from "../input.ts";
import { wantedOf } from "../wanted.ts";
import { mostAtOnce } from "./budget-share.ts";
import { type Batch, type Plan, readPart, writePart } from "./parts.ts";
import { EXIT, type StepContext, type StepResult } from "./step.ts";

/** Partitions of one batch. */
const BATCH = 50;

/** States that are read at the same time. */
const READS = 32;

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
  const { dataset, run, store, clock } = context;
  const now = clock.now();
  const wanted = limited(wantedOf(dataset, now), input);
  const again = input.again ?? false;
  const chosen = input.partitions
    ? dataset.partitions.values.filter((value) => input.partitions?.includes(value))
    : dataset.partitions.values;
  const open = await pMap(
    chosen,
    async (partition) => {
      const covered = again ? [] : await readCoverage(store, dataset.name, partition);
      return subtract(wanted, covered).length > 0;
    },
    { concurrency: READS },
  );
  const batches = inBatches(
    chosen.filter((_, i) => open[i]),
    batchSize,
  );
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

/** Days are whole, both of them included. An interval that has nothing in it ends where it starts. */
function limited({ start, end }: Interval, { from, to }: RunInput): Interval {
  const first = from === undefined ? start : Math.max(start, startOfDate(from));
  const last = to === undefined ? end : Math.min(end, startOfDate(to) + DAY);
  return { start: first, end: Math.max(first, last) };
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
