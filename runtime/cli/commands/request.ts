import type { Dataset } from "../../dataset/definition.ts";
import { type Fault, UserError } from "../../dataset/errors.ts";
import { addRequests, readRequests } from "../../store/requests.ts";
import { readStates } from "../../store/state-index.ts";
import type { Store } from "../../store/store.ts";
import { loadDatasets, selectDatasets } from "../datasets.ts";
import { type LakeOptions, openLake } from "../lake.ts";
import { rowsTable } from "../terminal/table.ts";
import { UsageError } from "../usage.ts";

export interface RequestOptions extends LakeOptions {
  readonly datasets?: string;
  readonly list?: true;
  readonly json?: true;
}

interface Queued {
  readonly partition: string;
  readonly state: "waits" | "brought in" | "skipped" | "ended";
}

/** `tidegate request`: queues partitions of a dataset whose partitions are brought in on demand. */
export async function request(name: string, values: readonly string[], options: RequestOptions): Promise<number> {
  const [dataset] = selectDatasets(await loadDatasets(options.datasets), [name]);
  if (!dataset) return 1;
  refuse(dataset, values, options);
  const store = await openLake(options);
  const before = new Set(await readRequests(store, name));
  const added = [...new Set(values)].filter((value) => !before.has(value));
  await addRequests(store, name, added, Date.now());
  const queue = options.list ? await queueOf(name, [...before, ...added].sort(), store) : undefined;
  if (options.json)
    process.stdout.write(`${JSON.stringify({ dataset: name, added, ...(queue ? { queue } : {}) }, null, 2)}\n`);
  else process.stdout.write(describe(name, values, added, queue));
  return 0;
}

function describe(
  name: string,
  values: readonly string[],
  added: readonly string[],
  queue: readonly Queued[] | undefined,
): string {
  const known = new Set(values).size - added.length;
  const said = values.length
    ? [
        `${name}: ${added.length} queued${known ? `, ${known} were queued before` : ""}; tidegate run ${name} brings them in`,
      ]
    : [];
  if (!queue) return `${said.join("\n")}\n`;
  const table = rowsTable(
    ["partition", "state"],
    queue.map(({ partition, state }) => [partition, state]),
    { stream: process.stdout },
  );
  return `${[...said, queue.length ? table : `${name}: nothing is queued`].join("\n")}\n`;
}

async function queueOf(dataset: string, partitions: readonly string[], store: Store): Promise<Queued[]> {
  const states = await readStates(store, dataset, partitions);
  return partitions.map((partition) => {
    const { coverage = [], skipped, ended } = states.get(partition) ?? {};
    const state = ended ? "ended" : skipped ? "skipped" : coverage.length ? "brought in" : "waits";
    return { partition, state };
  });
}

function refuse({ name, partitions }: Dataset, values: readonly string[], { list }: RequestOptions): void {
  if (partitions.origin?.kind !== "requested")
    throw new UserError(`${name} takes no requests:`, [
      {
        path: "partitions",
        problem: partitions.origin ? `come from ${partitions.origin.dataset}` : "are listed in its definition",
        fix: `write partitions: { ${partitions.field}: requested() } to bring them in on demand`,
      },
    ]);
  const faults: Fault[] = values
    .filter((value) => value.trim() === "" || value !== value.trim())
    .map((value) => ({ path: "value", problem: "is empty or has spaces around it", value }));
  if (values.length === 0 && !list)
    faults.push({ path: "value", problem: "is missing", fix: `tidegate request ${name} <value...>, or --list` });
  if (faults.length) throw new UsageError("cannot request that:", faults);
}
