import { withSource } from "./dataset/define.ts";
import type { Dataset } from "./dataset/definition.ts";
import { type Fault, UserError, unknownName } from "./dataset/errors.ts";
import { type IexEnvironment, readIexEnvironment } from "./iex-environment.ts";
import { type DatabaseAddress, parseDatabase, parseWarehouse, type WarehouseAddress } from "./load/address.ts";
import { parseInput, type RunInput } from "./tasks/input.ts";

export const STEPS = ["plan", "extract", "process", "load", "publish"] as const;

export type Step = (typeof STEPS)[number];

/** What a task is to do: one step of a run, or all of them. */
export type Work =
  | { readonly step: "all"; readonly run: string | undefined; readonly input: RunInput }
  | { readonly step: "plan"; readonly run: string; readonly input: RunInput }
  | { readonly step: "extract"; readonly run: string; readonly batch: number }
  | { readonly step: "process" | "load" | "publish"; readonly run: string };

/** What a cloud task is told; the only place in the runtime that reads the environment. */
export interface TaskEnvironment {
  /** It asks the source that is chosen for it. */
  readonly dataset: Dataset;
  /** All that the platform has. */
  readonly datasets: readonly Dataset[];
  /** `s3://bucket/prefix`, or a folder */
  readonly lake: string;
  /** Asks this base URL instead of the definition's. */
  readonly sourceUrl: string | undefined;
  /** Whether the AWS SDK talks to an emulator. */
  readonly emulated: boolean;
  /** Tells the metrics of several platforms of one account apart. */
  readonly platform: string | undefined;
  readonly work: Work;
  readonly warehouse: WarehouseAddress | undefined;
  readonly database: DatabaseAddress | undefined;
  /** PEM text of certificate authorities beside those of RDS. */
  readonly authorities: string | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * @param all the datasets of the program
 * @throws UserError with every missing or wrong variable at once
 */
export function readTaskEnvironment(all: readonly Dataset[], variables: Variables = process.env): TaskEnvironment {
  const reader = new Reader(variables);
  const dataset = reader.dataset(all);
  const datasets = reader.datasets(all);
  const lake = reader.required("TIDEGATE_LAKE", "s3://bucket/prefix");
  const sourceUrl = reader.url("TIDEGATE_SOURCE_URL");
  const work = reader.work(dataset);
  const warehouse = reader.address("TIDEGATE_WAREHOUSE", parseWarehouse);
  const database = reader.address("TIDEGATE_DATABASE", parseDatabase);
  if (reader.faults.length || !dataset || !lake || !work)
    throw new UserError("the task's environment is not complete:", reader.faults);
  return {
    dataset,
    datasets,
    lake,
    sourceUrl,
    emulated: variables.AWS_ENDPOINT_URL !== undefined,
    platform: variables.TIDEGATE_PLATFORM || undefined,
    work,
    warehouse,
    database,
    authorities: variables.TIDEGATE_DATABASE_CA || undefined,
  };
}

/** What the container is told that fetches bundles for another one. */
export interface BundlesEnvironment {
  readonly lake: string;
  readonly emulated: boolean;
  readonly bundles: readonly string[];
  /** Where each comes into a folder of its name. */
  readonly folder: string;
}

/** @throws UserError with every missing or wrong variable at once */
export function readBundlesEnvironment(variables: Variables = process.env): BundlesEnvironment {
  const reader = new Reader(variables);
  const lake = reader.required("TIDEGATE_LAKE", "s3://bucket/prefix");
  const folder = reader.required("TIDEGATE_BUNDLES_FOLDER", "a folder");
  const bundles = reader.bundles();
  if (reader.faults.length || !lake || !folder)
    throw new UserError("the container's environment is not complete:", reader.faults);
  return { lake, emulated: variables.AWS_ENDPOINT_URL !== undefined, bundles, folder };
}

class Reader {
  readonly faults: Fault[] = [];
  readonly #variables: Variables;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  required(path: string, allowed?: string): string | undefined {
    const value = this.#variables[path];
    if (!value) this.faults.push({ path, problem: "is not set", ...(allowed ? { allowed } : {}) });
    return value;
  }

  dataset(datasets: readonly Dataset[]): Dataset | undefined {
    const path = "TIDEGATE_DATASET";
    const name = this.required(path);
    const dataset = datasets.find((one) => one.name === name);
    const valid = datasets.map((one) => one.name);
    if (name && !dataset) this.faults.push(unknownName(path, "names no dataset", name, valid));
    return dataset && this.#asking(dataset);
  }

  /** The dataset with the source that is chosen for it. */
  #asking(dataset: Dataset): Dataset {
    const path = "TIDEGATE_SOURCE";
    const source = this.#variables[path];
    if (!source) return dataset;
    const names = Object.keys(dataset.sources);
    if (names.includes(source)) return withSource(dataset, source);
    this.faults.push(unknownName(path, `is no source of ${dataset.name}`, source, names));
    return dataset;
  }

  datasets(all: readonly Dataset[]): Dataset[] {
    const path = "TIDEGATE_DATASETS";
    const valid = all.map(({ name }) => name);
    const names = this.#variables[path]?.split(",") ?? valid;
    for (const name of names)
      if (!valid.includes(name)) this.faults.push(unknownName(path, "names no dataset", name, valid));
    return all.filter(({ name }) => names.includes(name));
  }

  bundles(): string[] {
    const path = "TIDEGATE_BUNDLES";
    const names = this.required(path, "names, separated by commas")?.split(",") ?? [];
    for (const name of names)
      if (!/^[a-z][a-z0-9_-]{0,39}$/.test(name)) this.faults.push({ path, problem: "is no bundle", value: name });
    return names;
  }

  url(path: string): string | undefined {
    const value = this.#variables[path];
    if (value !== undefined && !URL.canParse(value)) this.faults.push({ path, problem: "is no URL", value });
    return value;
  }

  address<T>(
    path: string,
    parse: (text: string) => { readonly address: T } | { readonly fault: Omit<Fault, "path"> },
  ): T | undefined {
    const value = this.#variables[path];
    const parsed = value ? parse(value) : undefined;
    if (parsed && "fault" in parsed) this.faults.push({ path, ...parsed.fault });
    return parsed && "address" in parsed ? parsed.address : undefined;
  }

  work(dataset: Dataset | undefined): Work | undefined {
    const step = this.#variables.TIDEGATE_STEP || "all";
    if (step === "all") return { step, run: this.#run(false), input: this.#input(dataset) };
    if (!isStep(step)) {
      this.faults.push(unknownName("TIDEGATE_STEP", "names no step", step, STEPS));
      return undefined;
    }
    const run = this.#run(true) ?? "";
    if (step === "plan") return { step, run, input: this.#input(dataset) };
    return step === "extract" ? { step, run, batch: this.#batch() } : { step, run };
  }

  #run(needed: boolean): string | undefined {
    const path = "TIDEGATE_RUN";
    const run = needed ? this.required(path) : this.#variables[path] || undefined;
    const isName = run === undefined || (/^[\w.-]{1,80}$/.test(run) && !/^\.+$/.test(run));
    if (run && !isName)
      this.faults.push({ path, problem: "is no run", value: run, allowed: "1 to 80 of A-Z a-z 0-9 . _ -" });
    return run;
  }

  #input(dataset: Dataset | undefined): RunInput {
    const text = this.#variables.TIDEGATE_INPUT;
    if (!text || !dataset) return {};
    const parsed = parseInput(text, dataset);
    if ("input" in parsed) return parsed.input;
    for (const { path, ...fault } of parsed.faults)
      this.faults.push({ path: ["TIDEGATE_INPUT", path].filter(Boolean).join("."), ...fault });
    return {};
  }

  #batch(): number {
    const path = "TIDEGATE_BATCH";
    const value = this.required(path, "the number of a batch in the plan");
    if (value && !/^\d{1,6}$/.test(value)) this.faults.push({ path, problem: "is no number of a batch", value });
    return Number(value);
  }
}

const isStep = (text: string): text is Step => STEPS.some((step) => step === text);

/** The value of a secret, as `PipelineOptions` wants it. */
export const secretFromEnvironment = (name: string): string | undefined => process.env[name];

/** The variables of the IEX ingestion service. @throws UserError with every wrong one at once */
export const iexFromEnvironment = (): IexEnvironment => readIexEnvironment(process.env);

/** Whether the AWS SDK talks to an emulator. */
export const isEmulated = (): boolean => process.env.AWS_ENDPOINT_URL !== undefined;
