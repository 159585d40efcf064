import { type Fault, UserError, unknownName } from "../../runtime/dataset/errors.ts";

interface Assumption {
  readonly unit: string;
  readonly description: string;
  readonly value: number;
}

const ASSUMPTIONS = {
  minutesPerRun: { unit: "minutes", description: "how long a task runs, from pulling its image to its end", value: 5 },
  storedGb: { unit: "GB", description: "what the lake keeps for one dataset, raw and processed", value: 1 },
  putsPerRun: { unit: "requests", description: "objects that a run writes or lists", value: 100 },
  getsPerRun: { unit: "requests", description: "objects that a run reads", value: 200 },
  logMbPerRun: { unit: "MB", description: "what a run logs", value: 1 },
  internetGbPerRun: { unit: "GB", description: "what a run fetches; counts where it goes through NAT", value: 0.1 },
  metricsPerTask: { unit: "metrics", description: "metrics of Container Insights while a task runs", value: 20 },
  failuresPerMonth: { unit: "messages", description: "dead letters and alarms", value: 10 },
} as const satisfies Record<string, Assumption>;

/** What an estimate assumes about a month, as numbers by name. */
export type Usage = { readonly [Name in keyof typeof ASSUMPTIONS]: number };

/** Hours in an average month, as AWS counts. */
export const HOURS_PER_MONTH = 730;

const NAMES = Object.keys(ASSUMPTIONS) as (keyof Usage)[];

/** What is assumed when nobody says otherwise. */
export const DEFAULT_USAGE = Object.fromEntries(NAMES.map((name) => [name, ASSUMPTIONS[name].value])) as Usage;

/** @example describeUsage("minutesPerRun", 5) // "minutesPerRun = 5 minutes: how long a task runs, …" */
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
