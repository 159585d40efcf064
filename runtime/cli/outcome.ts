import type { RunError, RunSummary } from "../dataset/run.ts";
import { summaryTable } from "./terminal/table.ts";

/** The table of a session and, below it, what a person should know: per dataset what failed, is late, or needed nothing. */
export function describeOutcome(summaries: readonly RunSummary[], stream: NodeJS.WritableStream): string {
  const notes = summaries.flatMap(notesOf);
  return [summaryTable(summaries, { stream }), ...(notes.length ? [""] : []), ...notes].join("\n");
}

/** Whether every dataset is as far as it can be. */
export const succeeded = (summaries: readonly RunSummary[]): boolean =>
  summaries.every(({ outcome }) => outcome === "done" || outcome === "nothing to do");

function notesOf(summary: RunSummary): string[] {
  const { dataset, outcome, errors, warnings, empty, quarantined } = summary;
  const notes: string[] = [];
  if (outcome === "nothing to do")
    notes.push(`${dataset}: nothing asked, everything up to ${summary.last ?? "now"} is covered already`);
  if (outcome === "stopped")
    notes.push(`${dataset}: stopped; what was fetched is kept, run again and it goes on there`);
  notes.push(...grouped([...errors, ...warnings]).map((text) => `${dataset}: ${text}`));
  if (empty) notes.push(`${dataset}: ${empty} expected buckets were asked for and have no record at the source`);
  if (quarantined)
    notes.push(`${dataset}: ${quarantined} records are in quarantine, with reasons, in lake/quarantine/${dataset}/`);
  return notes;
}

/** One line per problem, however many partitions met it. */
function grouped(problems: readonly RunError[]): string[] {
  const partitions = new Map<string, string[]>();
  for (const { partition, problem, fix } of problems) {
    const text = `${problem}${fix ? ` (${fix})` : ""}`;
    partitions.set(text, [...(partitions.get(text) ?? []), ...(partition ? [partition] : [])]);
  }
  return [...partitions].map(([text, names]) => `${names.length ? `${list(names)}: ` : ""}${text}`);
}

const SHOWN = 3;

const list = (names: readonly string[]): string =>
  names.length > SHOWN ? `${names.slice(0, SHOWN).join(", ")} and ${names.length - SHOWN} more` : names.join(", ");
