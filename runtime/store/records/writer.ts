import { createHash } from "node:crypto";
import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { compress } from "snappyjs";
import type { Column, Schema } from "../../dataset/schema.ts";
import { keyValues } from "./checksum.ts";
import { element, isLong, physical, toParquet } from "./columns.ts";
import { type RecordColumns, type RecordsNote, withProvenance } from "./record.ts";

/** Records that are written, and later read, in one go. */
export const GROUP = 50_000;

/** Bytes of a column's values in one page; numbers of a group are always fewer. */
const PAGE = 1024 * 1024;

/**
 * Makes a file of records, a row group at a time; what is made may be taken away before the next. The same groups and note
 * always give the same bytes.
 */
export class RecordsWriter {
  readonly #columns: readonly (readonly [string, Column])[];
  /** Columns that readers filter by: only these are worth the time that their least and greatest values take. */
  readonly #filtered: ReadonlySet<string>;
  /** Positions of columns whose values may fill more than a page. */
  readonly #texts: readonly number[];
  readonly #described: SchemaElement[];
  readonly #bytes = new ByteWriter();
  readonly #parquet: ParquetWriter;
  readonly #digest = createHash("sha256");
  /** Bytes of the buffer that are in the digest. */
  #digested = 0;

  constructor(schema: Schema, filtered: readonly string[]) {
    this.#columns = Object.entries(withProvenance(schema));
    this.#filtered = new Set(filtered);
    this.#texts = this.#columns.flatMap(([, { kind }], i) => (kind === "text" || kind === "json" ? [i] : []));
    this.#described = [
      { name: "record", num_children: this.#columns.length },
      ...this.#columns.map(([name, column]) => element(name, column)),
    ];
    // Values are given as they are stored; to be told of decimals and dates the library would look at each once more.
    const schemaOfBytes = this.#described.map((item) => (item.converted_type === "UTF8" ? item : physical(item)));
    this.#parquet = new ParquetWriter({
      ...{ writer: this.#bytes, schema: schemaOfBytes, createdBy: "tidegate" },
      // The library's own makes an object for each of the thousands of short pieces that a page of numbers is.
      compressors: { SNAPPY: compress },
    });
  }

  /** @param records at most as many as a group holds; as many, when it is not the last */
  group({ values, raw, fetchedAt }: RecordColumns): void {
    const data = [...values, raw, fetchedAt];
    this.#parquet.write({
      columnData: this.#columns.map(([name, column], i) => {
        const converted = toParquet(data[i] ?? [], column);
        const encoding = repeats(converted) ? {} : { encoding: "PLAIN" as const };
        // Of long decimals the library would put negative bytes behind positive ones.
        return { name, data: converted, ...encoding, statistics: this.#filtered.has(name) && !isLong(column) };
      }),
      rowGroupSize: GROUP,
      // To cut pages the library weighs every value.
      pageSize: this.#texts.some((i) => charactersOf(data[i] as readonly (string | null)[]) >= PAGE) ? PAGE : 0,
    });
  }

  /** Ends the file. @returns its SHA-256 */
  end(note: RecordsNote): string {
    this.#parquet.schema = this.#described;
    const end = this.#bytes.offset;
    this.#digestNew();
    this.#parquet.kvMetadata = keyValues(note, { end, sha256: this.#digest.copy().digest("hex") });
    this.#parquet.finish();
    this.#digestNew();
    return this.#digest.copy().digest("hex");
  }

  /** What was made and not taken yet; valid until more is made. */
  take(): Uint8Array {
    this.#digestNew();
    const made = this.#bytes.getBytes();
    this.#bytes.index = 0;
    this.#digested = 0;
    return made;
  }

  #digestNew(): void {
    const made = this.#bytes.getBytes();
    this.#digest.update(made.subarray(this.#digested));
    this.#digested = made.byteLength;
  }
}

const charactersOf = (texts: readonly (string | null)[]): number =>
  texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);

/** Values that are looked at to tell whether a column repeats itself. */
const SAMPLE = 100;

/** Whether a dictionary may pay; to make one in vain costs more than all the rest. */
function repeats(values: readonly unknown[]): boolean {
  const step = Math.max(1, Math.floor(values.length / SAMPLE));
  const seen = new Set<unknown>();
  let looked = 0;
  for (let i = 0; i < values.length; i += step) {
    seen.add(values[i] ?? null);
    looked += 1;
  }
  return seen.size <= looked / 2;
}
