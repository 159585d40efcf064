import type { Dataset } from "../../runtime/dataset/definition.ts";
import { tiny } from "./tiny.ts";

/** A moment of a run: right after this was done. */
export type Moment =
  | "response received"
  | "raw put"
  | "exchange recorded"
  | "coverage advanced"
  | "records put"
  | "load announced"
  | "rows inserted"
  | "load committed"
  | "run recorded";

/** What a process says on standard error before it stops itself. */
export const REACHED = "reached";

/** What a process is to do, and where it is to stop. */
export interface CrashPlan {
  /** A folder, or `s3://bucket/prefix`. */
  readonly lake: string;
  /** URL of the source. */
  readonly source: string;
  /** The DuckDB file; nothing is loaded without one, or with an empty name. */
  readonly warehouse?: string;
  /** Unix milliseconds. */
  readonly now: number;
  /** First day. @default that of the dataset */
  readonly from?: string;
  /** Unix milliseconds. */
  readonly until: number;
  /** Changes what rows mean, as a new release of a definition does. */
  readonly doubled?: boolean;
  /** @param nth 1 for the first time, the default @param wakesAt what the clock says after a pause, Unix milliseconds */
  readonly stop?: {
    readonly at: Moment;
    readonly nth?: number;
    readonly signal: "SIGKILL" | "SIGSTOP";
    readonly wakesAt?: number;
  };
}

/** The tiny dataset with one request at a time, loaded into a table `prices`. */
export const crashDataset = ({ source, from, doubled }: Pick<CrashPlan, "source" | "from" | "doubled">): Dataset =>
  tiny(source, {
    source: {
      concurrency: 1,
      ...(doubled ? { rows: (row) => ({ date: row.date, price: Number(row.price) * 2 }) } : {}),
    },
    definition: {
      load: { warehouse: { table: "prices", sortBy: ["date"] } },
      ...(from ? { backfillFrom: from } : {}),
    },
  });
