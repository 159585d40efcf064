/**
 * The lake's layout: the only place that knows where an object lies. All keys are relative to the lake's prefix.
 * Every folder ends with `/`, so that a listing of one dataset never meets another whose name begins alike.
 */

/** A partition as one part of a key: what a URL or a file system may take otherwise is percent-encoded. */
export const segment = (value: string): string =>
  encodeURIComponent(value)
    .replace(/[!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/^\.+$/, (dots) => "%2E".repeat(dots.length));

export const DEFINITIONS = "definitions.json";

export const rawDatasetFolder = (dataset: string): string => `raw/${dataset}/`;

export const rawFolder = (dataset: string, partition: string): string => `raw/${dataset}/${segment(partition)}/`;

/** Bodies that answer for several partitions at once; no partition's segment is a bare `+`. */
export const batchFolder = (dataset: string): string => `raw/${dataset}/+/`;

/** `20221101T001500` style times sort; the digest tells exchanges of one second apart. */
export const rawName = (at: Date, digest: string): string =>
  `${at.toISOString().replace(/\D/g, "").slice(0, 14)}-${digest.slice(0, 16)}`;

/** @param folder of a partition or of batches @param extension such as `json` or `csv.gz` */
export const rawBodyKey = (folder: string, name: string, extension: string): string => `${folder}${name}.${extension}`;

const RECORD = ".exchange.json";
const PACKED = ".exchange";

/** What was asked and how it was answered, where the body lies beside it or with those of batches. */
export const exchangeKey = (dataset: string, partition: string, name: string): string =>
  `${rawFolder(dataset, partition)}${name}${RECORD}`;

/** The same and the body in one object. @param extension of the body alone */
export const packedKey = (dataset: string, partition: string, name: string, extension: string): string =>
  `${rawBodyKey(rawFolder(dataset, partition), name, extension)}${PACKED}`;

export const isPacked = (key: string): boolean => key.endsWith(PACKED);

/** The partition whose `rawFolder` a key lies in. */
export const partitionOfRaw = (key: string): string => decodeURIComponent(key.split("/")[2] ?? "");

/** The name within `rawFolder` of the exchange that a key holds, or undefined for any other key. */
export const exchangeName = (key: string): string | undefined =>
  key.endsWith(RECORD) || isPacked(key) ? nameOfRaw(key) : undefined;

/** The name of the exchange that any object of raw belongs to. */
export const nameOfRaw = (key: string): string => key.slice(key.lastIndexOf("/") + 1).replace(/\..*$/, "");

export const recordsFolder = (dataset: string): string => `processed/${dataset}/`;

export const recordsKey = (dataset: string, partition: string): string =>
  `${recordsFolder(dataset)}${segment(partition)}/records.parquet`;

export const quarantineKey = (dataset: string, partition: string): string =>
  `quarantine/${dataset}/${segment(partition)}/records.ndjson`;

export const stateFolder = (dataset: string): string => `state/${dataset}/`;

export const stateKey = (dataset: string, partition: string): string =>
  `${stateFolder(dataset)}${segment(partition)}.json`;

/** What the states of a dataset's partitions say, in one object. */
export const stateIndexKey = (dataset: string): string => `state/${dataset}.index.json`;

/** Budgets that several tasks share; no dataset's name begins with a dot. */
export const budgetKey = (digest: string): string => `state/.budgets/${digest}.json`;

/** A refresh token that a source has given. @param secret name of the one that it follows, so that a task needs no right to others */
export const tokenKey = (secret: string, digest: string): string => `state/.tokens/${secret}/${digest}.json`;

export const requestsFolder = (dataset: string): string => `requests/${dataset}/`;

/** What was asked for on demand. */
export const requestKey = (dataset: string, partition: string): string =>
  `${requestsFolder(dataset)}${segment(partition)}.json`;

/** The partition that a key of `stateKey` or `requestKey` belongs to. */
export const partitionOf = (key: string): string =>
  decodeURIComponent(key.slice(key.lastIndexOf("/") + 1).replace(/\.json$/, ""));

export const runKey = (dataset: string, run: string): string => `runs/${dataset}/${run}.json`;

export const runsFolder = (dataset: string): string => `runs/${dataset}/`;

/** What a step of a run leaves for the steps after it. */
export const runPartKey = (dataset: string, run: string, part: string): string =>
  `${runsFolder(dataset)}${run}/${part}.json`;

/** Whether a key below `runsFolder` is a run's summary, not one of its parts. */
export const isRunKey = (dataset: string, key: string): boolean => !key.slice(runsFolder(dataset).length).includes("/");

/** A folder for each dataset, so that its task needs no right to another one's. */
export const loadKey = (target: string, dataset: string, loadId: string): string =>
  `loads/${target}/${dataset}/${loadId}.json`;

/** What COPY reads of a load. */
export const copyManifestKey = (dataset: string, loadId: string): string =>
  `loads/warehouse/${dataset}/${loadId}.manifest`;

/** What says which version of a bundle is the newest, and where its archive is. */
export const latestBundleKey = (bundle: string): string => `zipline-data/${bundle}/latest.json`;
