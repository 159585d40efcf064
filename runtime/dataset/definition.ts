import type { Check } from "./checks.ts";
import type { Duration } from "./duration.ts";
import type { Schedule } from "./schedule.ts";
import type { Schema } from "./schema.ts";
import type { HttpSource, ResolvedSource } from "./source.ts";

export const CALENDARS = ["XNYS", "24/7"] as const;

/** Which buckets should have data: the sessions of the New York Stock Exchange, or every one. */
export type CalendarName = (typeof CALENDARS)[number];

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
  readonly source: HttpSource<NoInfer<P>, NoInfer<keyof S & string>>;
  /** One field and its values, such as `{ product: ["BTC-USD"] }`. */
  readonly partitions: Readonly<Record<P, readonly string[]>>;
  /** The columns, the partition's field among them. */
  readonly schema: S;
  /** The columns that tell records apart; of two with the same key the one fetched last wins. */
  readonly key: readonly NoInfer<keyof S & string>[];
  /** The date or timestamp column that orders a partition and says which bucket a record belongs to. */
  readonly cursor: NoInfer<keyof S & string>;
  readonly calendar: CalendarName;
  /** First day to bring in, `YYYY-MM-DD`. */
  readonly backfillFrom: string;
  readonly checks?: readonly Check[];
  readonly schedule: Schedule;
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
  readonly source: ResolvedSource;
  readonly partitions: { readonly field: string; readonly values: readonly string[] };
  readonly schema: Schema;
  readonly key: readonly string[];
  readonly cursor: string;
  readonly calendar: CalendarName;
  readonly backfillFrom: string;
  readonly checks: readonly Check[];
  readonly schedule: Schedule;
  readonly after: readonly string[];
  readonly load: {
    readonly warehouse?: { readonly table: string; readonly sortBy: readonly string[]; readonly distributeBy?: string };
    readonly database?: { readonly table: string };
  };
  readonly compute: { readonly vcpu: number; readonly memory: number };
  readonly deadline: Duration;
}

/** The names of the secrets that a dataset's task must be given. */
export const secretsOf = (dataset: Dataset): string[] =>
  dataset.source.auth.kind === "none" ? [] : [dataset.source.auth.secret];
