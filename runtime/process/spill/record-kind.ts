import { joined, type RecordColumns, sliceOf } from "../../store/records.ts";
import type { RecordOrder } from "../record-order.ts";
import type { Kind } from "./runs.ts";

/** Texts of a column that repeat, each once, and which of them a row has. */
interface Repeated {
  readonly texts: readonly string[];
  readonly at: readonly number[];
}

/** Records as they are kept: by cursor and key. */
export const byTime = (order: RecordOrder): Kind<RecordColumns> => ({
  ...FORM,
  compare: (one, row, other, otherRow) => order.compare(one, row, other, otherRow),
  merge: (blocks) => order.merged(joined(blocks)),
});

/** Records side by side that have one key, whatever their times. */
export const byKey = (order: RecordOrder): Kind<RecordColumns> => ({
  ...FORM,
  compare: (one, row, other, otherRow) => order.compareKeys(one, row, other, otherRow),
  merge: (blocks) => order.mergedByKey(joined(blocks)),
});

const FORM = {
  length: ({ raw }: RecordColumns): number => raw.length,
  slice: sliceOf,
  pack: ({ values, raw, fetchedAt }: RecordColumns) => [values.map(packed), packed(raw), fetchedAt],
  unpack(value: unknown): RecordColumns {
    const [values, raw, fetchedAt] = value as [unknown[][], string[] | Repeated, number[]];
    return { values: values.map(unpacked), raw: unpacked(raw), fetchedAt } as RecordColumns;
  },
};

/** Names of bodies and the like would otherwise be most of what is written. */
function packed(column: readonly unknown[]): readonly unknown[] | Repeated {
  if (typeof column[0] !== "string") return column;
  const places = new Map<unknown, number>();
  const at: number[] = [];
  for (const value of column) {
    let place = places.get(value);
    if (place === undefined) {
      if (typeof value !== "string" || places.size > column.length / 2) return column;
      place = places.size;
      places.set(value, place);
    }
    at.push(place);
  }
  return { texts: [...places.keys()] as string[], at };
}

const unpacked = (column: unknown[] | Repeated): unknown[] =>
  Array.isArray(column) ? column : column.at.map((place) => column.texts[place]);
