import type { Dataset } from "../dataset/definition.ts";
import { DAY } from "../dataset/duration.ts";
import { messageOf, show } from "../dataset/errors.ts";
import type { Column } from "../dataset/schema.ts";
import type { JsonValue, ResolvedSource, RowContext, SourceRow } from "../dataset/source.ts";
import { toWindow } from "../dataset/window.ts";
import { noRecords, type RecordColumns, type StoredValue } from "../store/records.ts";
import { type RowCheck, rowChecks } from "./checks.ts";
import { type Converter, convert, converterOf, ValueError } from "./convert.ts";
import type { Rejected } from "./quarantine.ts";
import type { Fetched } from "./raw.ts";

/** Where the rows of exchanges go: those that are records, and those that are none. */
export interface Gathered {
  readonly records: RecordColumns;
  readonly rejected: Rejected[];
}

export const nothing = ({ schema }: Dataset): Gathered => ({
  records: noRecords(schema),
  rejected: [],
});

interface Target {
  readonly name: string;
  readonly column: Column;
  readonly convert: Converter;
}

/** What of a definition is the same for every row. */
interface Recipe {
  readonly field: string;
  readonly targets: readonly Target[];
  readonly checks: readonly RowCheck[];
  /** The scratch that a row's values stand in until it is known to be a record. */
  readonly values: StoredValue[];
}

/** Reads the rows of a dataset's exchanges, whichever of its sources they come from. */
export class RowReader {
  readonly #dataset: Dataset;
  readonly #recipe: Recipe;

  constructor(dataset: Dataset) {
    this.#dataset = dataset;
    const targets = Object.entries(dataset.schema).map(([name, column]) => ({
      ...{ name, column },
      convert: converterOf(column),
    }));
    this.#recipe = {
      targets,
      field: dataset.partitions.field,
      checks: rowChecks(dataset),
      values: targets.map(() => null),
    };
  }

  /** @throws when the definition has lost the source that was asked */
  of(exchange: Fetched, into: Gathered): ExchangeReader {
    return new ExchangeReader(this.sourceOf(exchange), exchange, this.#dataset.cursor, this.#recipe, into);
  }

  sourceOf({ source = "default", body }: Fetched): ResolvedSource {
    const found = this.#dataset.sources[source];
    if (!found) throw new Error(`${body.key} comes from the source "${source}", which the definition no longer has`);
    return found;
  }
}

/**
 * The records of one exchange for its partition. Rows outside of the window that was asked are left out: some sources answer
 * with more, and such a row may still be changing. A row that cannot be read, or fails a check, is rejected; the others are
 * not affected.
 */
export class ExchangeReader {
  readonly #source: ResolvedSource;
  readonly #exchange: Fetched;
  readonly #recipe: Recipe;
  readonly #into: Gathered;
  readonly #context: RowContext;
  /** Of a request about several partitions; the rows say which one they belong to. */
  readonly #batch: ReadonlySet<string> | undefined;
  readonly #window: { readonly position: number; readonly unit: number; readonly start: number; readonly end: number };
  readonly #fetchedAt: number;
  #row = 0;

  constructor(source: ResolvedSource, exchange: Fetched, cursor: string, recipe: Recipe, into: Gathered) {
    this.#source = source;
    this.#exchange = exchange;
    this.#recipe = recipe;
    this.#into = into;
    const { windows } = source;
    const [start, end] = [Date.parse(exchange.window.start), Date.parse(exchange.window.end)];
    const asked = exchange.partitions ?? [exchange.partition];
    this.#batch = source.batch > 1 ? new Set(asked) : undefined;
    this.#context = { partition: { [recipe.field]: asked.join(",") }, window: toWindow({ start, end }, windows) };
    const over = recipe.targets.findIndex(({ name }) => name === (windows.over ?? cursor));
    this.#window = {
      // A snapshot knows what is now, whatever time its rows carry.
      position: windows.snapshot ? -1 : over,
      unit: recipe.targets[over]?.column.kind === "date" ? DAY : 1,
      ...{ start, end },
    };
    this.#fetchedAt = Date.parse(exchange.at);
  }

  /** Takes the next rows of the body. */
  read(rows: readonly SourceRow[]): void {
    for (const row of rows) {
      try {
        if (this.#isRecord(row)) this.#keep();
      } catch (error) {
        this.#reject(row, messageOf(error));
      }
      this.#row += 1;
    }
  }

  /** Fills the scratch. @returns false for a row that is not asked for here @throws what is wrong with it */
  #isRecord(row: SourceRow): boolean {
    const { targets, field, values, checks } = this.#recipe;
    const { partition } = this.#exchange;
    const fields = this.#fields(row);
    if (!fields) return false;
    let fits = true;
    for (let i = 0; i < targets.length; i += 1) {
      const { name, column, convert: read } = targets[i] as Target;
      const given = name === field ? partition : fields[name];
      const stored = given === null || given === undefined ? (column.nullable ? null : undefined) : read(given);
      if (stored === undefined) fits = false;
      else values[i] = stored;
    }
    if (!fits) throw new ValueError(this.#faults(fields));
    const { position, unit, start, end } = this.#window;
    const at = position < 0 ? null : (values[position] as number | null);
    if (at !== null && (at * unit < start || at * unit >= end)) return false;
    for (const check of checks) {
      const reason = check(values);
      if (reason) throw new ValueError(reason);
    }
    return true;
  }

  /** @returns undefined for a row of another partition of the batch */
  #fields(row: SourceRow): { readonly [name: string]: JsonValue | undefined } | undefined {
    const fields = this.#read(row);
    if (!this.#batch || fields === undefined) return fields;
    const named = fields[this.#recipe.field];
    if (named === this.#exchange.partition) return fields;
    if (typeof named === "string" && this.#batch.has(named)) return undefined;
    if (!this.#isFirst()) return undefined;
    throw new ValueError(`names no partition that was asked for: ${show(named)}`);
  }

  #read(row: SourceRow): { readonly [name: string]: JsonValue | undefined } | undefined {
    try {
      return this.#source.rows(row, this.#context);
    } catch (error) {
      if (this.#isFirst()) throw error;
      return undefined;
    }
  }

  /** A row that belongs to none of a batch is rejected once, not with each of them. */
  #isFirst(): boolean {
    const { partitions = [this.#exchange.partition], partition } = this.#exchange;
    return partitions[0] === partition;
  }

  #faults(fields: { readonly [name: string]: JsonValue | undefined }): string {
    const { targets, field } = this.#recipe;
    const faults = targets.flatMap(({ name, column }) => {
      try {
        convert(name === field ? this.#exchange.partition : fields[name], column);
        return [];
      } catch (error) {
        return [`${name} ${messageOf(error)}`];
      }
    });
    return faults.join("; ");
  }

  #keep(): void {
    const { records } = this.#into;
    const { values } = this.#recipe;
    for (let i = 0; i < values.length; i += 1) records.values[i]?.push(values[i] as StoredValue);
    records.raw.push(this.#exchange.body.key);
    records.fetchedAt.push(this.#fetchedAt);
  }

  #reject(source: SourceRow, reason: string): void {
    const { body, at } = this.#exchange;
    this.#into.rejected.push({ reason, raw: body.key, row: this.#row, fetchedAt: at, source });
  }
}
