import { type Fault, UserError, unknownName } from "../../runtime/dataset/errors.ts";

interface Assumption {
  readonly unit: string;
  readonly description: string;
  readonly value: number;
}

const ASSUMPTIONS = {
  minutesPerTask: {
    unit: "minutes",
    description: "how long the task of one step runs, from pulling its image",
    value: 2,
  },
  batchesPerRun: { unit: "batches", description: "batches of up to 50 partitions that a run extracts", value: 1 },
  idleMinutesPerTask: {
    unit: "minutes",
    description: "how long a machine waits for work until it is ended",
    value: 15,
  },
  storedGb: { unit: "GB", description: "what the lake keeps for one dataset, raw and processed", value: 1 },
  putsPerRun: { unit: "requests", description: "objects that a run writes or lists", value: 100 },
  getsPerRun: { unit: "requests", description: "objects that a run reads", value: 200 },
  logMbPerRun: { unit: "MB", description: "what a run logs", value: 1 },
  internetGbPerRun: {
    unit: "GB",
    description: "what a run fetches; counts where it goes through NAT or is copied",
    value: 0.1,
  },
  metricsPerTask: { unit: "metrics", description: "metrics of Container Insights while a task runs", value: 20 },
  metricsPerRun: { unit: "metrics", description: "metrics that a run reports, each counted for its hour", value: 10 },
  tableGb: { unit: "GB", description: "what a table in the warehouse or the database holds for one dataset", value: 1 },
  loadMinutesPerRun: { unit: "minutes", description: "how long the warehouse computes to load a run", value: 2 },
  queryMinutes: { unit: "minutes", description: "how long people keep the warehouse computing in a month", value: 60 },
  storeLogGb: { unit: "GB", description: "what warehouse and database each log in a month", value: 0.1 },
  flowLogGb: { unit: "GB", description: "records of connections in a month", value: 0.1 },
  imageGb: { unit: "GB", description: "images that an own repository keeps", value: 0.5 },
  failuresPerMonth: { unit: "messages", description: "dead letters and alarms", value: 10 },
  freeDashboards: { unit: "dashboards", description: "what the account has left of three that are free", value: 3 },
  freeTransitions: {
    unit: "transitions",
    description: "what the account has left of 4,000 free state transitions",
    value: 4000,
  },
} as const satisfies Record<string, Assumption>;

/** What an estimate assumes about a month, as numbers by name. */
export type Usage = { readonly [Name in keyof typeof ASSUMPTIONS]: number };

/** Hours in an average month, as AWS counts. */
export const HOURS_PER_MONTH = 730;

const NAMES = Object.keys(ASSUMPTIONS) as (keyof Usage)[];

/** What is assumed when nobody says otherwise. */
export const DEFAULT_USAGE = Object.fromEntries(NAMES.map((name) => [name, ASSUMPTIONS[name].value])) as Usage;

/** @example describeUsage("minutesPerTask", 2) // "minutesPerTask = 2 minutes: how long …" */
export const describeUsage = (name: keyof Usage, value: number): string =>
  `${name} = ${value} ${ASSUMPTIONS[name].unit}: ${ASSUMPTIONS[name].description}`;

/**
 * Reads assumptions that a user gave as `name=number`.
 * @throws UserError with every fault
 */
export function parseUsage(given: readonly string[]): Usage {
  const faults: Fault[] = [];
  const usage: Record<string, number> = { ...DEFAULT_USAGE };
  for (const text of given) {
    const [name = "", value = ""] = text.split("=");
    const number = Number(value);
    if (!NAMES.some((known) => known === name)) {
      faults.push(unknownName("--assume", "there is no such assumption", name, NAMES));
    } else if (value.trim() === "" || !Number.isFinite(number) || number < 0) {
      faults.push({ path: `--assume ${name}`, problem: "is no amount", value, allowed: "a number from 0 on" });
    } else {
      usage[name] = number;
    }
  }
  if (faults.length > 0) throw new UserError("these assumptions cannot be used", faults);
  return usage as Usage;
}
