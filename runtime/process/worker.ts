import { workerData } from "node:worker_threads";
import { isDataset } from "../dataset/define.ts";
import type { Dataset } from "../dataset/definition.ts";
import { FolderStore } from "../store/folder.ts";
import { definitionDigest } from "./definition-digest.ts";
import { PartitionProcessor, type ProcessedPartition } from "./process.ts";

/** What a thread needs to find the dataset, whose functions cannot be handed over. */
export interface WorkerData {
  /** URL of a module that exports it, or a list with it. */
  readonly definitions: string;
  readonly dataset: string;
  readonly digest: string;
  /** Folder of the store. */
  readonly location: string;
}

let processor: Promise<PartitionProcessor> | undefined;

/** Processes a partition in a thread of its own. */
export default async function work(partition: string): Promise<ProcessedPartition | undefined> {
  processor ??= open(workerData as WorkerData);
  return (await processor).process(partition);
}

async function open({ definitions, dataset, digest, location }: WorkerData): Promise<PartitionProcessor> {
  const exported = Object.values((await import(definitions)) as Record<string, unknown>).flat();
  const found = exported.find((one): one is Dataset => isDataset(one) && one.name === dataset);
  if (!found || definitionDigest(found) !== digest)
    throw new Error(`${definitions} does not export the dataset ${dataset} as it is processed`);
  return new PartitionProcessor(found, new FolderStore(location));
}
