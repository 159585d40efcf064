import { isEverybody, readStatements, type Statement } from "../../lib/documents.ts";
import { isEverything } from "../../lib/identity.ts";
import { read, UNKNOWN } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { VPC_ENDPOINTS } from "../../lib/types.ts";

export const endpointPolicyLimited = resourceRule({
  name: "ec2-endpoint-policy-limited",
  title: "Endpoints serve this platform only",
  description: "Every VPC endpoint has a policy that names resources, or binds everybody by a condition.",
  rationale: "The default policy lets a task copy the lake into a bucket of any account.",
  severity: "medium",
  frameworks: [],
  remediation:
    "Set policy with the resources that are reached through the endpoint and a condition on aws:PrincipalAccount.",
  url: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
  types: VPC_ENDPOINTS,
  check(endpoint, report) {
    const statements = readStatements(endpoint.props, "policy");
    if (statements === UNKNOWN) return;
    if (read(endpoint.props, "policy") === undefined || statements.some(isUnlimited)) {
      report(endpoint, {
        problem: "can be used by everybody for everything",
        allowed: "a policy that names resources or has a condition",
        fix: "set policy",
      });
    }
  },
});

const isUnlimited = ({ effect, principals, resources, conditions, inverted }: Statement): boolean =>
  effect === "Allow" &&
  principals.some(isEverybody) &&
  (inverted || resources.some(isEverything)) &&
  conditions.length === 0;
