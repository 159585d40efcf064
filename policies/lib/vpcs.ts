import type { PolicyResource } from "@pulumi/policy";
import { ofType } from "./join.ts";
import { VPC_COMPONENTS, VPCS } from "./types.ts";

/** A VPC and what stands for it where other resources name it: itself, or the component whose plugin makes it. */
export interface OwnedVpc {
  readonly vpc: PolicyResource;
  readonly owners: readonly PolicyResource[];
}

/** The VPCs of a stack. A component that the engine has filled with its VPC is not counted a second time. */
export function vpcsOf(resources: readonly PolicyResource[]): readonly OwnedVpc[] {
  const vpcs = ofType(resources, VPCS);
  const unfilled = ofType(resources, VPC_COMPONENTS).filter(
    (component) => !vpcs.some(({ parent }) => parent?.urn === component.urn),
  );
  return [...vpcs, ...unfilled].map((vpc) => ({ vpc, owners: vpc.parent ? [vpc, vpc.parent] : [vpc] }));
}
