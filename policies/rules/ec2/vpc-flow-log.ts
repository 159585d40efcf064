import { cis, fsbp } from "../../lib/frameworks.ts";
import { ofType, refersTo } from "../../lib/join.ts";
import { isOther, read } from "../../lib/read.ts";
import { stackRule } from "../../lib/rule.ts";
import { FLOW_LOGS, VPC_COMPONENTS, VPCS } from "../../lib/types.ts";
import { vpcsOf } from "../../lib/vpcs.ts";

export const vpcFlowLog = stackRule({
  name: "ec2-vpc-flow-log",
  title: "Connections are recorded",
  description: "Every VPC has a flow log that records at least what was refused.",
  rationale: "Who talked to whom is the first question after an incident, and cannot be answered later.",
  severity: "medium",
  frameworks: [fsbp("EC2.6"), cis("3.7")],
  remediation: "Add a FlowLog with the VPC's id and trafficType REJECT or ALL.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
  types: [...VPCS, ...VPC_COMPONENTS],
  check(resources, report) {
    const logs = ofType(resources, FLOW_LOGS).filter(
      ({ props }) => !isOther(read(props, "trafficType"), "REJECT", "ALL", undefined),
    );
    for (const { vpc, owners } of vpcsOf(resources)) {
      if (logs.some((log) => owners.some((owner) => refersTo(log, "vpcId", owner)))) continue;
      report(vpc, {
        problem: "records no refused connections",
        allowed: "a FlowLog whose vpcId is this VPC's id, with trafficType REJECT or ALL",
        fix: "add one",
      });
    }
  },
});
