import type { Dataset } from "../../runtime/dataset/definition.ts";
import type { RunSummary } from "../../runtime/dataset/run.ts";
import type { JsonValue } from "../../runtime/dataset/source.ts";
import { Budgets } from "../../runtime/extract/budget.ts";
import { nodeFetch } from "../../runtime/extract/request.ts";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { recordsKey } from "../../runtime/store/layout.ts";
import { addRequests } from "../../runtime/store/requests.ts";
import { shownRecord } from "../../runtime/store/shown.ts";
import { runDataset } from "../../runtime/tasks/pipeline.ts";
import { resolvePartitions } from "../../runtime/tasks/resolve.ts";
import { withSourceUrl } from "../../runtime/tasks/source-url.ts";
import { JumpingClock } from "./clock.ts";
import { temporaryFolder } from "./folder.ts";
import { readRecords } from "./records.ts";

export type ShownRecord = Readonly<Record<string, JsonValue>>;

/** A run over a replay server, and the dataset's records after it in the order of the partitions. */
export interface Sourced extends RunSummary {
  readonly records: readonly ShownRecord[];
}

/** A lake in a folder and a clock on which waiting takes no time; the replay servers of a test go by it too. */
export class SourceBench implements AsyncDisposable {
  readonly #start: number;
  readonly #store: FolderStore;
  readonly #folder: AsyncDisposable;
  #clock: JumpingClock;
  #budgets: Budgets;

  private constructor(now: string, folder: AsyncDisposable & { readonly path: string }) {
    this.#start = Date.parse(now);
    this.#folder = folder;
    this.#store = new FolderStore(folder.path);
    this.#clock = new JumpingClock(this.#start);
    this.#budgets = new Budgets(this.#clock);
  }

  static async open(now: string): Promise<SourceBench> {
    return new SourceBench(now, await temporaryFolder());
  }

  readonly now = (): number => this.#clock.now();

  /** What was waited for since the last change of the time, in milliseconds. */
  get slept(): readonly number[] {
    return this.#clock.slept;
  }

  /** Lets time pass without anybody waiting for it. */
  set time(now: string) {
    this.#clock = new JumpingClock(Date.parse(now));
    this.#budgets = new Budgets(this.#clock);
  }

  request(dataset: Dataset, ...partitions: string[]): Promise<void> {
    return addRequests(this.#store, dataset.name, partitions, this.now());
  }

  /** Extracts and processes. @param secrets by name */
  async run(dataset: Dataset, server: ReplayServer, secrets: Readonly<Record<string, string>> = {}): Promise<Sourced> {
    const resolved = await resolvePartitions(withSourceUrl(dataset, server.url), this.#store);
    const summary = await runDataset({
      dataset: resolved,
      store: this.#store,
      targets: [],
      budgets: this.#budgets,
      clock: this.#clock,
      fetch: nodeFetch,
      signal: new AbortController().signal,
      secret: (name) => secrets[name],
      retryDelay: 1,
      onProgress: () => {},
    });
    const records: ShownRecord[] = [];
    for (const partition of resolved.partitions.values) {
      const file = (await this.#store.get(recordsKey(dataset.name, partition)))?.body;
      if (!file) continue;
      for (const { values } of await readRecords(dataset.schema, file))
        records.push(shownRecord(dataset.schema, values));
    }
    return { ...summary, records };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#folder[Symbol.asyncDispose]());
  }
}

/** An answer of a source, for `server.fail`. */
export const says = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  ({
    kind: "answer",
    answer: { status, headers, body: typeof body === "string" ? body : JSON.stringify(body) },
  }) as const;
