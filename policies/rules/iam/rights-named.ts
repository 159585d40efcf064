import { cis, fsbp } from "../../lib/frameworks.ts";
import { allowedBy, IDENTITY_TYPES, isEverything } from "../../lib/identity.ts";
import { resourceRule } from "../../lib/rule.ts";

export const rightsNamed = resourceRule({
  name: "iam-rights-named",
  title: "Rights name actions and resources",
  description:
    "A policy allows actions by name, on resources by name; no wildcard stands for a service, an action or all resources.",
  rationale: "A wildcard grows with every action that AWS adds, and turns one stolen task role into the whole account.",
  severity: "high",
  frameworks: [fsbp("IAM.1"), fsbp("IAM.21"), cis("1.15")],
  remediation:
    "List the actions that are needed and the ARNs they are needed on; grants of the owning component do both.",
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
  types: IDENTITY_TYPES,
  options: {
    actionsWithoutResource: {
      description: "Actions that AWS offers for all resources only, and that may therefore be allowed on *.",
      default: [
        "cloudwatch:PutMetricData",
        "ecr:GetAuthorizationToken",
        "ecs:DiscoverPollEndpoint",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
        "redshift-data:CancelStatement",
        "redshift-data:DescribeStatement",
        "redshift-data:GetStatementResult",
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
      ],
    },
  },
  check(subject, report, { actionsWithoutResource }) {
    for (const { label, actions, resources, inverted } of allowedBy(subject)) {
      if (inverted) {
        report(subject, {
          problem: `${label} allows everything but something`,
          allowed: "Action and Resource",
          fix: "replace NotAction and NotResource by what is needed",
        });
      }
      const wide = actions.filter((action) => action.includes("*"));
      if (wide.length > 0) {
        report(subject, {
          problem: `${label} allows actions by wildcard`,
          value: wide,
          allowed: "names of actions",
          fix: "list the actions that are needed",
        });
      }
      const restrictable = actions.filter((action) => !actionsWithoutResource.some((name) => name === action));
      if (resources.some(isEverything) && restrictable.length > 0) {
        report(subject, {
          problem: `${label} allows ${restrictable.join(", ")} on all resources`,
          value: resources.filter(isEverything),
          allowed: "ARNs, or patterns that begin with a name",
          fix: "name the resources",
        });
      }
    }
  },
});
