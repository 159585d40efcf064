import { secretsOfAuth } from "./auth.ts";
import type { CustomCalendar } from "./calendar/custom.ts";
import type { CalendarName } from "./calendar/index.ts";
import type { Check } from "./checks.ts";
import type { Duration } from "./duration.ts";
import type { PartitionOrigin } from "./partitions.ts";
import type { Schedule } from "./schedule.ts";
import type { Schema } from "./schema.ts";
import type { HttpSource, ResolvedSource } from "./source.ts";

export interface LoadTargets<C extends string = string> {
  /** The analytical tables: Redshift, or DuckDB on a laptop. */
  readonly warehouse?:
    | {
        /** @default the dataset's name */
        readonly table?: string;
        readonly sortBy?: readonly C[];
        readonly distributeBy?: C;
      }
    | undefined;
  /** The operational tables: Postgres on RDS, or PGlite on a laptop. `true` stands for a table of the dataset's name. */
  readonly database?: boolean | { readonly table: string } | undefined;
}

/** What a user writes. See docs/datasets.md for every field with an example. */
export interface DatasetDefinition<P extends string, S extends Schema> {
  /** Lower case letters, digits and underscores, at most 40; the name of its tables, folders and cloud resources. */
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  /**
   * Why the source answers nobody any more. The dataset is then left out of deployments and of runs that do not name it; what was
   * brought in before can still be imported, processed and read. @default it does answer
   */
  readonly retired?: string;
  readonly source: HttpSource<NoInfer<P>, NoInfer<keyof S & string>>;
  /** Other providers of the same records, by name; the setting `sources` or `--source` chooses one. @default none */
  readonly alternatives?: Readonly<Record<string, HttpSource<NoInfer<P>, NoInfer<keyof S & string>>>>;
  /** One field and its values, such as `{ product: ["BTC-USD"] }`, or where they come from: `{ product: rowsOf("products", "id") }`. */
  readonly partitions: Readonly<Record<P, readonly string[] | PartitionOrigin>>;
  /** The columns, the partition's field among them. */
  readonly schema: S;
  /** The columns that tell records apart; of two with the same key the one fetched last wins. */
  readonly key: readonly NoInfer<keyof S & string>[];
  /** The date or timestamp column that orders a partition and says which bucket a record belongs to. */
  readonly cursor: NoInfer<keyof S & string>;
  /** Which buckets should have data: those of an exchange, every one, or `customCalendar({ … })`. */
  readonly calendar: CalendarName | CustomCalendar;
  /** First day to bring in, `YYYY-MM-DD`. */
  readonly backfillFrom: string;
  readonly checks?: readonly Check[];
  /** @default none: it runs on demand, and after others */
  readonly schedule?: Schedule;
  /**
   * Names of datasets: in the cloud it also runs, beside its schedule, whenever one of them was brought in and published.
   * @default none
   */
  readonly after?: readonly string[];
  /** @default both, in tables of the dataset's name */
  readonly load?: LoadTargets<NoInfer<keyof S & string>>;
  /** Size of its cloud task, one that Fargate offers. @default { vcpu: 0.25, memory: 512 } */
  readonly compute?: { readonly vcpu: number /** MiB */; readonly memory: number };
  /** A run stops at a safe point when it has taken this long. @default "2 hours" */
  readonly deadline?: Duration;
}

/** A definition that was found right, with its defaults filled in. */
export interface Dataset {
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  /** Why the source answers nobody any more. */
  readonly retired?: string;
  /** The source that is asked. */
  readonly source: ResolvedSource;
  /** The name of that source: `"default"`, or one of the alternatives. */
  readonly sourceName: string;
  /** All sources by name; raw keeps the name, for each reads its own rows. */
  readonly sources: Readonly<Record<string, ResolvedSource>>;
  readonly partitions: {
    readonly field: string;
    /** Known from the definition; with an `origin` empty until a run finds them. */
    readonly values: readonly string[];
    readonly origin?: PartitionOrigin;
  };
  readonly schema: Schema;
  readonly key: readonly string[];
  readonly cursor: string;
  readonly calendar: CalendarName | CustomCalendar;
  readonly backfillFrom: string;
  readonly checks: readonly Check[];
  readonly schedule?: Schedule;
  readonly after: readonly string[];
  readonly load: {
    readonly warehouse?: { readonly table: string; readonly sortBy: readonly string[]; readonly distributeBy?: string };
    readonly database?: { readonly table: string };
  };
  readonly compute: { readonly vcpu: number; readonly memory: number };
  readonly deadline: Duration;
}

/** The names of the secrets that a dataset's task must be given. */
export const secretsOf = (dataset: Dataset): string[] => secretsOfAuth(dataset.source.auth);
