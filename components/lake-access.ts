import { isIPv4, isIPv6 } from "node:net";
import type * as pulumi from "@pulumi/pulumi";
import { type Fault, UserError } from "../runtime/dataset/index.ts";
import { objectArn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { Conditions, Statement } from "./policy-document.ts";

/** From where, and by whom, objects may be read and written; one of these is enough. */
export interface LakeDoors {
  /** The platform's own network: its address range. Requests come through its S3 endpoint. */
  readonly network: string;
  /** Ids of further S3 endpoints, of other VPCs or accounts. @default none */
  readonly endpoints?: readonly string[];
  /** Public address ranges, in CIDR notation, such as an office's. @default none */
  readonly cidrs?: readonly string[];
  /** ARNs of roles or users that may come from anywhere, with * as a wildcard. @default none */
  readonly principals?: readonly pulumi.Input<string>[];
}

/** @throws UserError with everything that is no range, endpoint or ARN */
export function checkDoors({ network, endpoints = [], cidrs = [], principals = [] }: LakeDoors): void {
  const faults: Fault[] = [
    ...wrong("network", [network], isRange, "CIDR notation, such as 10.40.0.0/16"),
    ...wrong(
      "endpoints",
      endpoints,
      (id) => /^vpce-[0-9a-f]+$/.test(id),
      "ids of endpoints, such as vpce-0123456789abcdef0",
    ),
    ...wrong("cidrs", cidrs, isRange, "CIDR notation, such as 203.0.113.0/24"),
    ...wrong(
      "principals",
      principals.filter(isText),
      (text) => /^arn:[\w-]+:(iam|sts)::/.test(text),
      "ARNs of roles or users",
    ),
  ];
  if (faults.length > 0) throw new UserError("access to the lake cannot be limited so:", faults);
}

const isText = (value: unknown): value is string => typeof value === "string";

const wrong = (
  path: string,
  values: readonly string[],
  isRight: (value: string) => boolean,
  allowed: string,
): Fault[] =>
  values
    .filter((value) => !isRight(value))
    .map((value) => ({ path: `onlyFrom.${path}`, problem: "cannot be used", value, allowed }));

function isRange(text: string): boolean {
  const [address = "", bits = "", ...others] = text.split("/");
  const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  return others.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}

/**
 * Statements that refuse to read, write or delete objects through any other door. They deny nothing about the bucket itself, not
 * even to list it: whoever deploys the platform, from wherever, can still see the bucket and mend its policy. Nor do they deny
 * deletions in a disposable stack, whose buckets are emptied by whoever destroys it.
 *
 * The network's endpoint has no id before it exists, and a policy with an id in it could not be checked at preview. So the network
 * is told by two things that are known: the endpoint is one of this account, and the request comes from the network's range.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpceaccount
 */
export function closedDoors(context: Context, bucket: pulumi.Output<string>, doors: LakeDoors): Statement[] {
  const { endpoints = [], cidrs = [], principals = [] } = doors;
  const elsewhere: Conditions = {
    // Services that AWS itself acts with, such as the delivery of replicas or a query of Athena.
    BoolIfExists: { "aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false" },
    ...(principals.length > 0 ? { ArnNotLike: { "aws:PrincipalArn": principals } } : {}),
  };
  const notEqual = endpoints.length > 0 ? { "aws:SourceVpce": endpoints } : {};
  const notInRange = cidrs.length > 0 ? { "aws:SourceIp": cidrs } : {};
  const deny = (sid: string, strings: Conditions[string], ranges: Conditions[string]): Statement => ({
    sid,
    effect: "Deny",
    principals: "*",
    actions: [
      "s3:GetObject*",
      "s3:PutObject*",
      "s3:RestoreObject",
      ...(context.disposable ? [] : ["s3:DeleteObject*"]),
    ],
    resources: objectArn(context, bucket, "*"),
    conditions: {
      ...elsewhere,
      ...(Object.keys(strings).length > 0 ? { StringNotEquals: strings } : {}),
      ...(Object.keys(ranges).length > 0 ? { NotIpAddress: ranges } : {}),
    },
  });
  return [
    deny("DenyOtherEndpoints", { ...notEqual, "aws:VpceAccount": context.account }, notInRange),
    deny("DenyOtherNetworks", notEqual, { ...notInRange, "aws:VpcSourceIp": doors.network }),
  ];
}
