import type { Dataset } from "../../runtime/dataset/definition.ts";
import type { RunSummary } from "../../runtime/dataset/run.ts";
import type { JsonValue } from "../../runtime/dataset/source.ts";
import { Budgets } from "../../runtime/extract/budget.ts";
import { nodeFetch } from "../../runtime/extract/request.ts";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { recordsKey } from "../../runtime/store/layout.ts";
import { shownRecord } from "../../runtime/store/shown.ts";
import type { RunInput } from "../../runtime/tasks/input.ts";
import { runDataset } from "../../runtime/tasks/pipeline.ts";
import { withSourceUrl } from "../../runtime/tasks/source-url.ts";
import type { JumpingClock } from "./clock.ts";
import { never } from "./extraction.ts";
import { temporaryFolder } from "./folder.ts";
import { readRecords } from "./records.ts";

/** The dataset with some of its partitions. */
export const only = (dataset: Dataset, ...values: readonly string[]): Dataset => ({
  ...dataset,
  partitions: { ...dataset.partitions, values },
});

export interface DatasetRunOptions {
  readonly dataset: Dataset;
  readonly server: ReplayServer;
  /** By their names. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly clock: JumpingClock;
}

export type ShownRecord = Readonly<Record<string, JsonValue>>;

/** A dataset over a folder and a replay server. */
export interface DatasetRun extends AsyncDisposable {
  readonly store: FolderStore;
  /** Extracts and processes. @param until nothing at or after this instant */
  run(until?: string, input?: RunInput): Promise<RunSummary>;
  /** What is stored of a partition, numbers and times as text. */
  records(partition: string): Promise<ShownRecord[]>;
}

export async function startDatasetRun({
  dataset,
  server,
  secrets = {},
  clock,
}: DatasetRunOptions): Promise<DatasetRun> {
  const folder = await temporaryFolder();
  const store = new FolderStore(folder.path);
  const asked = withSourceUrl(dataset, server.url);
  return {
    store,
    run: (until, input) =>
      runDataset({
        dataset: asked,
        store,
        targets: [],
        budgets: new Budgets(clock),
        clock,
        fetch: nodeFetch,
        signal: never,
        secret: (name) => secrets[name],
        until: until === undefined ? undefined : Date.parse(until),
        ...(input ? { input } : {}),
        retryDelay: 1,
        onProgress: () => {},
      }),
    async records(partition) {
      const file = await store.get(recordsKey(dataset.name, partition));
      if (!file) return [];
      const records = await readRecords(dataset.schema, file.body);
      return records.map(({ values }) => shownRecord(dataset.schema, values));
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
