import type { Fault } from "../runtime/dataset/index.ts";

/** Bounds of base and maximum capacity in RPUs, https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-capacity.html */
const RPUS = { least: 8, most: 512, step: 8 };

/** The parts of a serverless warehouse that bound what it costs. */
export interface Capacity {
  readonly baseCapacity?: number | undefined;
  readonly maxCapacity?: number | undefined;
  readonly usage?: { readonly rpuHours: number } | "unlimited" | undefined;
}

/** Everything that Redshift would refuse in the capacity of a serverless warehouse. */
export function capacityFaults({ baseCapacity, maxCapacity, usage }: Capacity): Fault[] {
  const faults = [...rpuFaults("baseCapacity", baseCapacity), ...rpuFaults("maxCapacity", maxCapacity)];
  const base = baseCapacity ?? RPUS.least;
  if (maxCapacity !== undefined && maxCapacity < base)
    faults.push({
      path: "maxCapacity",
      problem: "is below the base capacity",
      value: maxCapacity,
      allowed: `${base} or more`,
    });
  if (typeof usage === "object" && !(Number.isInteger(usage.rpuHours) && usage.rpuHours > 0))
    faults.push({
      path: "usage.rpuHours",
      problem: "is no whole number of RPU-hours",
      value: usage.rpuHours,
      allowed: `1 or more, or usage: "unlimited"`,
    });
  return faults;
}

function rpuFaults(path: string, rpus: number | undefined): Fault[] {
  if (rpus === undefined || (rpus >= RPUS.least && rpus <= RPUS.most && rpus % RPUS.step === 0)) return [];
  return [
    {
      path,
      problem: "is no capacity of Redshift Serverless",
      value: rpus,
      allowed: `${RPUS.least} to ${RPUS.most} RPUs in steps of ${RPUS.step}`,
    },
  ];
}
