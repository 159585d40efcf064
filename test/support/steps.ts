import type { Dataset } from "../../runtime/dataset/definition.ts";
import type { RunSummary } from "../../runtime/dataset/run.ts";
import type { Work } from "../../runtime/environment.ts";
import { nodeFetch } from "../../runtime/extract/request.ts";
import type { Load, Target } from "../../runtime/load/target.ts";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { readJson } from "../../runtime/store/documents.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { recordsKey } from "../../runtime/store/layout.ts";
import { runWork, type WorkOptions } from "../../runtime/tasks/cloud/run-work.ts";
import { JumpingClock } from "./clock.ts";
import { useFolder } from "./folder.ts";
import { readRecords } from "./records.ts";
import { startTiny, type TinyChanges, tiny } from "./tiny.ts";

/** When every step happens, unless a test says otherwise. */
export const NOW = Date.parse("2024-02-01T08:00:00Z");
export const RUN = "run-1";

/** A target that remembers what it was given. */
export class Memory implements Target {
  readonly name: Target["name"];
  readonly loads: Load[] = [];
  problem: string | undefined;
  readonly #partitions = new Map<string, string>();

  constructor(name: Target["name"]) {
    this.name = name;
  }

  async state(): ReturnType<Target["state"]> {
    return { columns: undefined, lastLoad: undefined, partitions: this.#partitions };
  }

  async apply(load: Load): Promise<void> {
    if (this.problem) throw new Error(this.problem);
    this.loads.push(load);
    for (const { partition, digest } of load.files) this.#partitions.set(partition, digest);
  }
}

/** Steps over a folder and the tiny source, new for each test of the block that calls this. */
export function useSteps() {
  const folder = useFolder();
  let server: ReplayServer;
  let store: FolderStore;
  let lines: Record<string, unknown>[];
  let metrics: Record<string, unknown>[];
  beforeEach(async () => {
    store = new FolderStore(folder.path);
    server = await startTiny();
    [lines, metrics] = [[], []];
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const dataset = (changes?: TinyChanges): Dataset => tiny(server.url, changes);

  function work(one: Work, changes: Partial<WorkOptions> = {}): Promise<number> {
    const chosen = changes.dataset ?? dataset();
    return runWork({
      work: one,
      dataset: chosen,
      datasets: [chosen],
      platform: undefined,
      store,
      targets: [],
      clock: new JumpingClock(NOW),
      fetch: nodeFetch,
      signal: new AbortController().signal,
      secret: () => undefined,
      log: (level, message, fields) => lines.push({ level, message, ...fields }),
      emit: (line) => metrics.push(line as Record<string, unknown>),
      ...changes,
    });
  }

  const plan = (input: Extract<Work, { step: "plan" }>["input"] = {}, changes?: Partial<WorkOptions>) =>
    work({ step: "plan", run: RUN, input }, changes);
  const extract = (batch: number, changes?: Partial<WorkOptions>) =>
    work({ step: "extract", run: RUN, batch }, changes);
  const step = (name: "process" | "load" | "publish", changes?: Partial<WorkOptions>) =>
    work({ step: name, run: RUN }, changes);

  const part = async <T>(name: string): Promise<T | undefined> =>
    (await readJson<T>(store, `runs/tiny/${RUN}/${name}.json`))?.value;
  const summary = async (): Promise<RunSummary | undefined> =>
    (await readJson<RunSummary>(store, `runs/tiny/${RUN}.json`))?.value;
  const rows = async (of: FolderStore = store, name = "tiny"): Promise<unknown[]> => {
    const found: unknown[] = [];
    for (const partition of ["A", "B"]) {
      const file = (await of.get(recordsKey(name, partition)))?.body;
      if (file) found.push(...(await readRecords(dataset().schema, file)).map(({ values }) => values));
    }
    return found;
  };

  return {
    ...{ dataset, work, plan, extract, step, part, summary, rows },
    /** The source. */
    get server() {
      return server;
    },
    get store() {
      return store;
    },
    /** What was logged. */
    get lines() {
      return lines;
    },
    get metrics() {
      return metrics;
    },
  };
}
