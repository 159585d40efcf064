import { cis, fsbp } from "../../lib/frameworks.ts";
import { resourceRule } from "../../lib/rule.ts";
import { INGRESS_TYPES, openingsOf, portsOf, worldIn } from "../../lib/security-groups.ts";

export const noIngressFromWorld = resourceRule({
  name: "ec2-no-ingress-from-world",
  title: "Nothing can be reached from the internet",
  description: "No security group lets the whole internet connect, on any port.",
  rationale: "Tasks only ask; a port that is open to everybody is found within minutes.",
  severity: "critical",
  frameworks: [fsbp("EC2.18"), fsbp("EC2.19"), cis("5.3"), cis("5.4")],
  remediation: "Remove the rule, or name the ranges or security groups that have to connect.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
  types: INGRESS_TYPES,
  check(subject, report) {
    for (const opening of openingsOf(subject, "ingress")) {
      const world = worldIn(opening);
      if (world.length > 0) {
        report(subject, {
          problem: `lets everybody connect to ${portsOf(opening)}`,
          value: world,
          allowed: "ranges or security groups of your own",
          fix: "remove the rule or narrow its range",
        });
      }
    }
  },
});
