import type { ProposedColumn } from "./columns.ts";

export interface Identity {
  /** The date or timestamp column; undefined when the rows say no time. */
  readonly cursor: ProposedColumn | undefined;
  /** Columns that tell the rows of one partition apart. */
  readonly key: readonly string[];
  readonly doubts: readonly string[];
}

const CURSORS = [
  /^(date|day|time|timestamp|t|ts|datetime)$/,
  /published|created/,
  /updated|modified/,
  /date|time|_at$/,
];
const IDS = /^(id|uuid|guid|key)$|_(id|uuid)$/;

/** Cursor and key as the sample suggests them. */
export function proposeIdentity(columns: readonly ProposedColumn[]): Identity {
  const times = columns.filter(({ kind, nullable }) => (kind === "date" || kind === "timestamp") && !nullable);
  const cursor =
    CURSORS.map((pattern) => times.find(({ name }) => pattern.test(name))).find((found) => found) ?? times[0];
  const doubts: string[] = [];
  if (cursor && times.length > 1)
    doubts.push(
      `cursor: ${times.map(({ name }) => name).join(", ")} are times; which says what bucket a row belongs to?`,
    );
  const usable = columns.filter(({ nullable, kind }) => !nullable && kind !== "json" && kind !== "decimal");
  const ids = usable.filter(({ name }) => IDS.test(name));
  const candidates = [
    ...(cursor || columns[0]?.values.length !== 1 ? [] : [[]]),
    ...(cursor ? [[cursor]] : []),
    ...ids.map((id) => [id]),
    ...usable.filter((column) => column !== cursor).map((column) => [...(cursor ? [cursor] : []), column]),
    usable,
  ];
  const found = candidates.find((chosen) => isUnique(chosen) && (chosen.length > 0 || columns[0]?.values.length === 1));
  const key = (found ?? candidates[0] ?? []).map(({ name }) => name);
  if (!found) doubts.push("key: no columns of the sample tell its rows apart");
  else if ((columns[0]?.values.length ?? 0) < 20) doubts.push("key: proposed from few rows");
  return { cursor, key, doubts };
}

function isUnique(columns: readonly ProposedColumn[]): boolean {
  const rows = columns[0]?.values.length ?? 0;
  const seen = new Set(Array.from({ length: rows }, (_, i) => JSON.stringify(columns.map(({ values }) => values[i]))));
  return seen.size === rows;
}
