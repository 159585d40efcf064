import { type Report, resourceRule, type Subject } from "../../lib/rule.ts";
import { EGRESS_TYPES, type Opening, openingsOf, portsOf, worldIn } from "../../lib/security-groups.ts";

export const egressLimited = resourceRule({
  name: "ec2-egress-limited",
  title: "Only named ports lead out",
  description: "A security group lets the whole internet be reached on the configured TCP ports only.",
  rationale: "What breaks into a task should find no other way out than the one that its sources need.",
  severity: "medium",
  frameworks: [],
  remediation: "Replace the rule by one per port that is needed, HTTPS in most cases.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
  types: EGRESS_TYPES,
  options: { ports: { description: "TCP ports that may be reached everywhere.", default: [443] } },
  check(subject, report, { ports }) {
    for (const opening of openingsOf(subject, "egress")) checkOpening(subject, opening, ports, report);
  },
});

function checkOpening(subject: Subject, opening: Opening, allowed: readonly number[], report: Report): void {
  const world = worldIn(opening);
  const { protocol, fromPort, toPort } = opening;
  const isNamed = protocol === "tcp" && fromPort === toPort && allowed.some((port) => port === fromPort);
  if (world.length === 0 || isNamed) return;
  report(subject, {
    problem: `lets ${portsOf(opening)} of the whole internet be reached`,
    value: world,
    allowed: `tcp ${allowed.join(", ")}`,
    fix: "name one port, or a narrower range",
  });
}
