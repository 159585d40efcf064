import type { RunError, RunSummary } from "../dataset/run.ts";
import { summaryTable } from "./terminal/table.ts";

/** The table of a session and, below it, what a person should know: per dataset what failed, is late, or needed nothing. */
export function describeOutcome(summaries: readonly RunSummary[], stream: NodeJS.WritableStream): string {
  const notes = summaries.flatMap(notesOf);
  return [summaryTable(summaries, { stream }), ...(notes.length ? [""] : []), ...notes].join("\n");
}

const FAILED = 1;
/** As in the cloud: stopped before the end through nobody's fault, to be run again (EX_TEMPFAIL of sysexits.h). */
const TO_BE_RESUMED = 75;

/** What a command that ran them ends with: a budget that is used up is no failure. */
export function exitCodeOf(summaries: readonly RunSummary[]): number {
  if (succeeded(summaries)) return 0;
  const left = summaries.filter((summary) => !succeeded([summary]));
  return left.every(({ outcome, resumeAt }) => outcome === "stopped" && resumeAt) ? TO_BE_RESUMED : FAILED;
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
    notes.push(
      `${dataset}: stopped; what was fetched is kept, run again${summary.resumeAt ? ` after ${summary.resumeAt}` : ""} and it goes on there`,
    );
  notes.push(...grouped([...errors, ...warnings]).map((text) => `${dataset}: ${text}`));
  if (empty) notes.push(`${dataset}: on ${empty} days buckets that were expected have no record at the source`);
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
