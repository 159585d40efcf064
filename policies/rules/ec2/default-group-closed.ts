import { cis, fsbp } from "../../lib/frameworks.ts";
import { ofType, refersTo } from "../../lib/join.ts";
import { knownList } from "../../lib/read.ts";
import { stackRule } from "../../lib/rule.ts";
import { DEFAULT_SECURITY_GROUPS, VPC_COMPONENTS, VPCS } from "../../lib/types.ts";
import { vpcsOf } from "../../lib/vpcs.ts";

export const defaultGroupClosed = stackRule({
  name: "ec2-default-group-closed",
  title: "The default security group is empty",
  description: "Every VPC's default security group lets nothing in and nothing out.",
  rationale:
    "What is started without a security group gets this one; by default its members reach each other and everything.",
  severity: "high",
  frameworks: [fsbp("EC2.2"), cis("5.5")],
  remediation: "Add a DefaultSecurityGroup for the VPC with ingress: [] and egress: [].",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html",
  types: [...VPCS, ...VPC_COMPONENTS],
  check(resources, report) {
    const groups = ofType(resources, DEFAULT_SECURITY_GROUPS);
    for (const { vpc, owners } of vpcsOf(resources)) {
      const group = groups.find((candidate) => owners.some((owner) => refersTo(candidate, "vpcId", owner)));
      if (!group) {
        report(vpc, {
          problem: "leaves its default security group open",
          allowed: "a DefaultSecurityGroup whose vpcId is this VPC's id",
          fix: "add one with ingress: [] and egress: []",
        });
      }
      for (const direction of ["ingress", "egress"]) {
        const rules = knownList(group?.props, direction);
        if (group && rules.length > 0) {
          report(group, {
            problem: `has rules for ${direction}`,
            value: rules.length,
            allowed: "none",
            fix: `set ${direction} to an empty list`,
          });
        }
      }
    }
  },
});
