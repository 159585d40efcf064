import type * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../runtime/dataset/errors.ts";
import { parseRange, privateRange } from "./address-range.ts";
import type { AwsService } from "./endpoint-plan.ts";
import { MOST_ZONES, SMALLEST_NETWORK, type SubnetKind } from "./subnet-plan.ts";

/** How private subnets reach the internet: not at all, or through one NAT gateway, or through one in each zone. */
export type Nat = "none" | "single" | "perZone";

/** A VPC of the platform's own. */
export interface NewVpc {
  readonly kind: "new";
  /** A private range of /16 to /24. @default "10.40.0.0/16" */
  readonly cidr?: string;
  /** Availability zones, 1 to 4; Redshift Serverless wants 3, a database 2. @default 2 */
  readonly zones?: number;
  /** With `none` there are no private subnets. @default "single" */
  readonly nat?: Nat;
}

/** A VPC that somebody else looks after; nothing in it is changed but what this platform adds. */
export interface ExistingVpc {
  readonly kind: "existing";
  readonly vpcId: pulumi.Input<string>;
  /** Its range, for rules that let its own addresses through. */
  readonly cidr: string;
  /** By kind, see `SubnetKind`, in different zones. */
  readonly subnetIds: Readonly<Partial<Record<SubnetKind, readonly pulumi.Input<string>[]>>>;
  /** Route tables that get the gateway endpoints. @default none: the VPC has an endpoint for S3 already */
  readonly routeTableIds?: readonly pulumi.Input<string>[];
}

/** Where a network's tasks run, and what they need from outside. */
export interface NetworkChoice {
  /** @default { kind: "new" } */
  readonly vpc?: NewVpc | ExistingVpc;
  /**
   * The subnets of tasks; those in public ones get an address of their own.
   * @default "private" if there are such subnets, else "public"; "isolated" only where there are no others
   */
  readonly tasksIn?: SubnetKind;
  /** Services of AWS that tasks use beside S3, see `taskServices`. @default ["logs"] */
  readonly uses?: readonly AwsService[];
  /** Whether tasks reach these services through endpoints within the network. @default only if tasks are in isolated subnets */
  readonly interfaceEndpoints?: boolean;
  /** Where the image of tasks is: at a public registry, or in this account's own. @default "internet" */
  readonly image?: "internet" | "account";
}

export const DEFAULT_VPC = { kind: "new", cidr: "10.40.0.0/16", zones: 2, nat: "single" } as const;

/** A new VPC with its defaults. */
export const newVpc = (vpc: NewVpc): Required<NewVpc> => ({ ...DEFAULT_VPC, ...vpc });

/** The kinds of subnets that tasks could run in, the one to prefer first. */
export function kindsFor({ vpc = DEFAULT_VPC }: NetworkChoice): readonly SubnetKind[] {
  if (vpc.kind === "new")
    return newVpc(vpc).nat === "none" ? ["public", "isolated"] : ["private", "public", "isolated"];
  return (["private", "public", "isolated"] as const).filter((kind) => vpc.subnetIds[kind]?.length);
}

/** The kind of the subnets that tasks run in. */
export const taskKind = (choice: NetworkChoice): SubnetKind => choice.tasksIn ?? kindsFor(choice)[0] ?? "private";

/** Whether there are interface endpoints. */
export const hasInterfaceEndpoints = (choice: NetworkChoice): boolean =>
  choice.interfaceEndpoints ?? taskKind(choice) === "isolated";

/** Everything that is wrong with a choice, or cannot work together. */
export function networkFaults(choice: NetworkChoice): Fault[] {
  const { vpc = DEFAULT_VPC } = choice;
  return [...(vpc.kind === "new" ? newFaults(vpc) : existingFaults(vpc)), ...kindFaults(choice), ...isolation(choice)];
}

function newFaults(vpc: NewVpc): Fault[] {
  const { cidr, zones } = newVpc(vpc);
  const allowed = `a private range of /16 to /${SMALLEST_NETWORK}, such as ${DEFAULT_VPC.cidr}`;
  const faults: Fault[] = [];
  if (!privateRange(cidr, { longest: 16, shortest: SMALLEST_NETWORK }))
    faults.push({ path: "vpc.cidr", problem: "is no range for a network", value: cidr, allowed });
  if (!Number.isInteger(zones) || zones < 1 || zones > MOST_ZONES)
    faults.push({ path: "vpc.zones", problem: "is no number of zones", value: zones, allowed: `1 to ${MOST_ZONES}` });
  return faults;
}

function existingFaults({ cidr, subnetIds }: ExistingVpc): Fault[] {
  const faults: Fault[] = [];
  if (!parseRange(cidr))
    faults.push({
      path: "vpc.cidr",
      problem: "is no range",
      value: cidr,
      allowed: "CIDR notation, such as 10.0.0.0/16",
    });
  if (!Object.values(subnetIds).some((ids) => ids.length > 0))
    faults.push({ path: "vpc.subnetIds", problem: "names no subnet", fix: "give at least one for tasks" });
  return faults;
}

function kindFaults(choice: NetworkChoice): Fault[] {
  const kinds = kindsFor(choice);
  const { tasksIn, vpc = DEFAULT_VPC } = choice;
  if (!tasksIn || kinds.length === 0 || kinds.includes(tasksIn)) return [];
  const isNew = vpc.kind === "new";
  return [
    {
      path: "tasksIn",
      problem: isNew ? "there are no private subnets without NAT" : "the VPC has no such subnets",
      value: tasksIn,
      allowed: kinds.join(", "),
      fix: isNew ? 'set nat to "single"' : `give vpc.subnetIds.${tasksIn}`,
    },
  ];
}

/** What tasks need that have no way to the internet. */
function isolation(choice: NetworkChoice): Fault[] {
  if (taskKind(choice) !== "isolated") return [];
  const faults: Fault[] = [];
  if (choice.image !== "account")
    faults.push({
      path: "image",
      problem: "tasks in isolated subnets cannot pull an image from a public registry",
      value: choice.image ?? "internet",
      allowed: "account",
      fix: 'use an own image in this account\'s registry, or set tasksIn to "private" with NAT or to "public"',
    });
  // An existing VPC may have endpoints that this program knows nothing of.
  if (choice.vpc?.kind === "existing" && choice.interfaceEndpoints === false) return faults;
  if (choice.interfaceEndpoints === false)
    faults.push({
      path: "interfaceEndpoints",
      problem: "tasks in isolated subnets reach no service of AWS without endpoints",
      value: false,
      allowed: "true",
    });
  const missing = (["ecr", "logs"] as const).filter((service) => !(choice.uses ?? ["logs"]).includes(service));
  if (choice.image === "account" && missing.length > 0)
    faults.push({
      path: "uses",
      problem: `tasks in isolated subnets do not start without ${missing.join(" and ")}`,
      value: choice.uses ?? ["logs"],
      fix: `add ${missing.join(", ")}`,
    });
  return faults;
}
