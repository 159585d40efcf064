import pMap from "p-map";
import type { Dataset } from "../../dataset/definition.ts";
import type { PartitionCoverage } from "../../dataset/run.ts";
import { recordedIn } from "../../process/recorded.ts";
import { formatCount, formatNumberOf } from "../../publish/report/format.ts";
import { readStates } from "../../store/state-index.ts";
import type { Store } from "../../store/store.ts";
import { countExpected, countGaps, coverageOf } from "../../tasks/coverage-report.ts";
import { resolvePartitions } from "../../tasks/resolve.ts";
import { wantedOf } from "../../tasks/wanted.ts";
import { loadDatasets, selectDatasets } from "../datasets.ts";
import { type LakeOptions, openLake } from "../lake.ts";
import { rowsTable } from "../terminal/table.ts";

export interface GapsOptions extends LakeOptions {
  readonly datasets?: string;
  readonly fail?: true;
  readonly json?: true;
}

/** What is missing of a dataset. */
interface DatasetGaps {
  readonly dataset: string;
  /** Buckets that can still be asked for. */
  readonly gaps: number;
  /** Buckets of snapshots that nothing brings back. */
  readonly missed: number;
  readonly partitions: readonly PartitionGaps[];
  /** Where its partitions come from. */
  readonly origin: string;
}

interface PartitionGaps extends PartitionCoverage {
  readonly gapBuckets: number;
  readonly missedBuckets: number;
}

/** Partitions above which only those with something to tell are shown. */
const MANY = 30;
/** States and records that are read at the same time. */
const READS = 16;

/** `tidegate gaps`: each partition's coverage against its calendar. Reads the lake only, so it may be asked during a run. */
export async function gaps(names: readonly string[], options: GapsOptions): Promise<number> {
  const all = await loadDatasets(options.datasets);
  const store = await openLake(options);
  const found: DatasetGaps[] = [];
  for (const dataset of selectDatasets(all, names))
    found.push(await gapsOf(await resolvePartitions(dataset, store), store));
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ lake: store.location, datasets: found }, null, 2)}\n`
      : `${found.map((one) => describe(one, process.stdout)).join("\n\n")}\n`,
  );
  return options.fail && found.some((one) => one.gaps > 0) ? 1 : 0;
}

async function gapsOf(dataset: Dataset, store: Store): Promise<DatasetGaps> {
  const wanted = wantedOf(dataset, Date.now());
  const { values } = dataset.partitions;
  const states = await readStates(store, dataset.name, values);
  const partitions = await pMap(
    values,
    async (partition) => {
      const known = states.get(partition) ?? { coverage: [] };
      const recorded = await recordedIn(store, dataset, partition);
      const coverage = coverageOf(dataset, partition, known, wanted, recorded);
      const missedBuckets = (coverage.missed ?? []).reduce((sum, one) => sum + countExpected(dataset, one), 0);
      return { ...coverage, gapBuckets: countGaps(dataset, coverage), missedBuckets };
    },
    { concurrency: READS },
  );
  return {
    dataset: dataset.name,
    origin: originOf(dataset),
    gaps: partitions.reduce((sum, { gapBuckets }) => sum + gapBuckets, 0),
    missed: partitions.reduce((sum, { missedBuckets }) => sum + missedBuckets, 0),
    partitions,
  };
}

function describe({ dataset, gaps, missed, partitions, origin }: DatasetGaps, stream: NodeJS.WritableStream): string {
  const telling = partitions.filter((one) => one.gaps.length || one.missing.length || noteOf(one));
  const shown = partitions.length > MANY ? telling : partitions;
  const hidden = partitions.length - shown.length;
  const counts = [formatNumberOf(gaps, "gap"), ...(missed ? [`${formatCount(missed)} missed`] : [])].join(", ");
  const table = rowsTable(
    ["partition", "gaps", "where", "confirmed empty", "note"],
    shown.map((one) => [one.partition, one.gapBuckets, where(one.gaps), one.missing.length, noteOf(one)]),
    { stream },
  );
  return [
    `${dataset}: ${counts} in ${formatNumberOf(partitions.length, "partition")}`,
    ...(partitions.length ? [] : [origin]),
    ...(shown.length ? [table] : []),
    ...(hidden ? [`${hidden} more are complete`] : []),
    ...(gaps ? [`tidegate run ${dataset} asks for them`] : []),
  ].join("\n");
}

function originOf({ name, partitions: { origin } }: Dataset): string {
  if (!origin) return "its definition lists them";
  return origin.kind === "rows"
    ? `they come from ${origin.dataset}: tidegate run ${origin.dataset} brings them in`
    : `they are brought in on demand: tidegate request ${name} <value...>`;
}

/** Stretches that are written out; further ones are counted. */
const SPELT = 3;

function where(gaps: readonly (readonly [string, string])[]): string {
  const spelt = gaps.slice(0, SPELT).map(([start, end]) => `${short(start)} to ${short(end)}`);
  return [...spelt, ...(gaps.length > SPELT ? [`and ${gaps.length - SPELT} more`] : [])].join(", ");
}

/** Midnights as dates. The end of a stretch does not belong to it. */
const short = (instant: string): string => instant.replace("T00:00:00Z", "").replace(/:00Z$/, "Z");

function noteOf({ ended, skipped, missedBuckets, covered, first }: PartitionGaps): string {
  const begins = covered[0]?.[0];
  return [
    ...(ended ? [`ended at ${short(ended.from)}${ended.message ? `: ${ended.message}` : ""}`] : []),
    ...(skipped ? [`skipped since ${short(skipped.at)}: ${skipped.message ?? "the source does not know it"}`] : []),
    ...(missedBuckets ? [`${missedBuckets} missed, which cannot be asked again`] : []),
    ...(begins && first && begins.slice(0, 10) < first ? [`asked from ${short(begins)}, nothing before ${first}`] : []),
    ...(begins === undefined && !skipped && !ended ? ["never asked"] : []),
  ].join("; ");
}
