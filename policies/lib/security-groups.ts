import { knownList, read } from "./read.ts";
import type { Subject } from "./rule.ts";
import { EGRESS_RULES, INGRESS_RULES, SECURITY_GROUP_RULES, SECURITY_GROUPS } from "./types.ts";

/** One opening of a security group, whichever of the four resource types says it. */
export interface Opening {
  readonly protocol: unknown;
  readonly fromPort: unknown;
  readonly toPort: unknown;
  /** Address ranges, v4 and v6. */
  readonly ranges: readonly string[];
}

export const INGRESS_TYPES = [...SECURITY_GROUPS, ...SECURITY_GROUP_RULES, ...INGRESS_RULES];
export const EGRESS_TYPES = [...SECURITY_GROUPS, ...SECURITY_GROUP_RULES, ...EGRESS_RULES];

/** The openings of one direction that a resource makes. */
export function openingsOf({ type, props }: Subject, direction: "ingress" | "egress"): readonly Opening[] {
  if (SECURITY_GROUPS.some((group) => group === type)) return knownList(props, direction).map(fromLists);
  if (SECURITY_GROUP_RULES.some((rule) => rule === type)) {
    return read(props, "type") === direction ? [fromLists(props)] : [];
  }
  const ranges = [read(props, "cidrIpv4"), read(props, "cidrIpv6")].filter((range) => typeof range === "string");
  return [{ protocol: read(props, "ipProtocol"), ...ports(props), ranges }];
}

const ports = (from: unknown) => ({ fromPort: read(from, "fromPort"), toPort: read(from, "toPort") });

const fromLists = (rule: unknown): Opening => ({
  protocol: read(rule, "protocol"),
  ...ports(rule),
  ranges: [...knownList(rule, "cidrBlocks"), ...knownList(rule, "ipv6CidrBlocks")].map(String),
});

/** The ranges that mean the whole internet. */
export const worldIn = ({ ranges }: Opening): readonly string[] =>
  ranges.filter((range) => range === "0.0.0.0/0" || range === "::/0");

/** @example "tcp 443", "every port" */
export function portsOf({ protocol, fromPort, toPort }: Opening): string {
  if (protocol === "-1" || protocol === "all" || fromPort === undefined) return "every port";
  return `${protocol} ${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`}`;
}
