import { z } from "zod";
import type { Dataset } from "../dataset/definition.ts";
import { type Fault, unknownName } from "../dataset/errors.ts";
import { startOfDate } from "../dataset/moment.ts";
import { strictFaults } from "../dataset/strict.ts";

/** What an execution is asked to do. An empty one brings in what is missing; anything else is a backfill. */
export interface RunInput {
  /** First day that is asked, `YYYY-MM-DD`. @default the dataset's `backfillFrom` */
  readonly from?: string;
  /** Last day that is asked, included. @default the last one that is complete */
  readonly to?: string;
  /** @default all of the dataset */
  readonly partitions?: readonly string[];
  /** Asks also what is covered already, for corrections. @default false */
  readonly again?: boolean;
}

const day = z.string().refine((text) => !Number.isNaN(startOfDate(text)), "is no day of the form YYYY-MM-DD");

const INPUT = z.strictObject({
  from: day.optional(),
  to: day.optional(),
  partitions: z.array(z.string()).min(1).optional(),
  again: z.boolean().optional(),
});

/** @param text JSON @returns the input, or everything that is wrong with it */
export function parseInput(
  text: string,
  dataset: Dataset,
): { readonly input: RunInput } | { readonly faults: readonly Fault[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { faults: [{ path: "", problem: "is no JSON", value: text }] };
  }
  const faults = strictFaults(INPUT, value);
  if (faults.length) return { faults };
  const input = value as RunInput;
  const wrong = [...daysFaults(input, dataset), ...(dataset.partitions.origin ? [] : partitionFaults(input, dataset))];
  return wrong.length ? { faults: wrong } : { input };
}

function daysFaults({ from, to }: RunInput, { name, backfillFrom }: Dataset): Fault[] {
  const faults: Fault[] = [];
  for (const [path, date] of Object.entries({ from, to }))
    if (date !== undefined && date < backfillFrom)
      faults.push({
        path,
        problem: `is before the first day of ${name}`,
        value: date,
        allowed: `${backfillFrom} or later`,
        fix: "set backfillFrom in its definition to bring in more",
      });
  if (from !== undefined && to !== undefined && from > to)
    faults.push({ path: "to", problem: "is before from", value: to, allowed: `${from} or later` });
  return faults;
}

/** Names of partitions that are none. @param dataset with its partitions, also where they are known only when a run begins */
export const partitionFaults = ({ partitions = [] }: RunInput, dataset: Dataset): Fault[] =>
  partitions
    .map((value, i) => ({ value, path: `partitions[${i}]` }))
    .filter(({ value }) => !dataset.partitions.values.includes(value))
    .map(({ value, path }) => unknownName(path, `is no ${dataset.partitions.field}`, value, dataset.partitions.values));
