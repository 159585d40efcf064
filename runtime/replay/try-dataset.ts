import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, systemClock } from "../dataset/clock.ts";
import type { Dataset } from "../dataset/definition.ts";
import type { RunSummary } from "../dataset/run.ts";
import type { JsonValue } from "../dataset/source.ts";
import { Budgets } from "../extract/budget.ts";
import { nodeFetch } from "../extract/request.ts";
import { FolderStore } from "../store/folder.ts";
import { quarantineKey, recordsKey } from "../store/layout.ts";
import { scratchFolder } from "../store/scratch-folder.ts";
import { shownRecords } from "../store/shown.ts";
import type { Store } from "../store/store.ts";
import { sound, withStored } from "../store/stored-records.ts";
import { runDataset } from "../tasks/pipeline.ts";
import { withSourceUrl } from "../tasks/source-url.ts";
import type { LoggedRequest, ReplayServer } from "./server.ts";

export interface TryOptions {
  /** What stands for the source; its `url` takes the place of the definition's. */
  readonly server: ReplayServer;
  /** Values of the secrets by name. @default "test" for each */
  readonly secrets?: Readonly<Record<string, string>>;
  /** @default all of the dataset */
  readonly partitions?: readonly string[];
  /** First day, `YYYY-MM-DD`. @default the dataset's `backfillFrom` */
  readonly from?: string;
  /** The instant before which is asked, Unix milliseconds. @default what the calendar says can be complete */
  readonly until?: number;
  /** @default the system's; a `JumpingClock` waits for no budget and no retry */
  readonly clock?: Clock;
  /** Milliseconds before a request is tried again. @default 1 */
  readonly retryDelay?: number;
  /** A folder that outlives the test, or that another run has filled. @default a temporary one */
  readonly folder?: string;
}

/** What a run brought in. Disposing of it removes the temporary folder. */
export interface Tried extends AsyncDisposable {
  readonly summary: RunSummary;
  /** By the names of the columns, in the order of partitions and cursor: numbers that must not lose digits, dates and times as text. */
  readonly records: readonly Readonly<Record<string, JsonValue>>[];
  readonly quarantined: readonly { readonly partition: string; readonly reason: string; readonly raw: string }[];
  /** What the server was asked, of this run only. */
  readonly requests: readonly LoggedRequest[];
  /** The lake. */
  readonly store: Store;
}

/** Runs a dataset against a server in a folder of its own: extract and process, as a real run does. */
export async function tryDataset(definition: Dataset, options: TryOptions): Promise<Tried> {
  const { server, secrets, clock = systemClock, until, retryDelay = 1 } = options;
  const folder = options.folder ?? (await scratchFolder("try"));
  const store = new FolderStore(join(folder, "lake"));
  const dataset = chosen(withSourceUrl(definition, server.url), options);
  const before = server.requests.length;
  const summary = await runDataset({
    dataset,
    store,
    targets: [],
    budgets: new Budgets(clock),
    clock,
    fetch: nodeFetch,
    signal: new AbortController().signal,
    secret: (name) => (secrets ? secrets[name] : "test"),
    until,
    retryDelay,
    onProgress: () => undefined,
  });
  return {
    summary,
    records: (await Promise.all(summary.coverage.map(({ partition }) => recordsOf(dataset, partition, store)))).flat(),
    quarantined: (
      await Promise.all(summary.coverage.map(({ partition }) => refusedOf(dataset, partition, store)))
    ).flat(),
    requests: server.requests.slice(before),
    store,
    async [Symbol.asyncDispose]() {
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

const chosen = (dataset: Dataset, { partitions, from }: TryOptions): Dataset => ({
  ...dataset,
  ...(partitions ? { partitions: { field: dataset.partitions.field, values: partitions } } : {}),
  ...(from ? { backfillFrom: from } : {}),
});

const recordsOf = (dataset: Dataset, partition: string, store: Store): Promise<Record<string, JsonValue>[]> =>
  withStored(store, recordsKey(dataset.name, partition), async (stored) => {
    const records: Record<string, JsonValue>[] = [];
    if (stored) for await (const record of shownRecords(sound(stored), dataset.schema)) records.push(record);
    return records;
  });

async function refusedOf(dataset: Dataset, partition: string, store: Store): Promise<Tried["quarantined"]> {
  const file = (await store.get(quarantineKey(dataset.name, partition)))?.body;
  return new TextDecoder()
    .decode(file)
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const { reason, raw } = JSON.parse(line) as { reason: string; raw: string };
      return { partition, reason, raw };
    });
}
