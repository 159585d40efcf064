import { messageOf, UserError } from "../dataset/errors.ts";
import { type RunError, toRunError } from "../dataset/run.ts";
import { LeaseLost } from "../store/lease.ts";
import { QuotaEnded } from "./failure.ts";
import { DatasetFailed } from "./stopped.ts";

/** A budget that is used up for longer than a run waits. */
export interface QuotaPause extends RunError {
  /** Unix milliseconds. */
  readonly until: number;
}

/** What went wrong, and whether anything can go on. */
export class Findings {
  readonly problems: RunError[] = [];
  /** Partitions that another run holds. */
  readonly busy: string[] = [];
  quota: QuotaPause | undefined;
  readonly #host: string;
  readonly #stop = new AbortController();

  /** @param url of the source */
  constructor(url: string) {
    this.#host = new URL(url).host;
  }

  /** Aborted when nothing more can be brought in. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Of what stops everything, all partitions fail with the same; it is said once. */
  problem(partitions: readonly string[], error: unknown): void {
    if (this.stop.aborted) return;
    if (error instanceof LeaseLost) this.busy.push(...partitions);
    else if (error instanceof QuotaEnded) {
      this.quota = {
        problem: `${this.#host} answers nothing more until ${new Date(error.until).toISOString()}: its budget is used up`,
        fix: "what was fetched is kept; run again after that time and it goes on there",
        until: error.until,
      };
      this.#stop.abort(error);
    } else if (error instanceof DatasetFailed) {
      this.problems.push({ problem: error.message, ...(error.fix ? { fix: error.fix } : {}) });
      this.#stop.abort(error);
    } else if (error instanceof UserError) {
      // A full disk, say: no other partition will fare better.
      this.problems.push(toRunError(error));
      this.#stop.abort(error);
    } else for (const partition of partitions) this.problems.push({ partition, problem: messageOf(error) });
  }
}
