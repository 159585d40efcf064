import { containersOf } from "../../lib/containers.ts";
import { fsbp } from "../../lib/frameworks.ts";
import { knownList, read } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { TASK_DEFINITIONS } from "../../lib/types.ts";

const SECRET_NAME = /(secret|token|password|passwd|api_?key|access_?key|private_?key|credential)/i;
// Beginnings that issuers give to credentials, so that they are recognised: AWS, GitHub, GitLab, Slack, Stripe, PEM.
const SECRET_VALUE = /^(A[KS]IA[0-9A-Z]{16}|gh[opsu]_|github_pat_|glpat-|xox[abp]-|sk_(live|test)_|-----BEGIN )/;

export const environmentWithoutSecrets = resourceRule({
  name: "ecs-environment-without-secrets",
  title: "Tasks get secrets from Secrets Manager",
  description: "No container has a credential as a plain environment variable.",
  rationale:
    "Environment variables are readable by everybody who may describe tasks, and are kept with every revision.",
  severity: "critical",
  frameworks: [fsbp("ECS.8")],
  remediation:
    "Move the variable to secrets, with valueFrom naming the secret; then revoke the value that was exposed.",
  url: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html",
  types: TASK_DEFINITIONS,
  options: {
    exempt: {
      description: "Names of variables that sound like a credential and are none.",
      default: [] as readonly string[],
    },
  },
  check(task, report, { exempt }) {
    for (const container of containersOf(task)) {
      for (const variable of knownList(container, "environment")) {
        const name = String(read(variable, "name"));
        const soundsSecret = SECRET_NAME.test(name) && !exempt.some((other) => other === name);
        if (soundsSecret || SECRET_VALUE.test(String(read(variable, "value")))) {
          report(task, {
            problem: `container ${read(container, "name")} has what looks like a credential in its environment`,
            value: name,
            allowed: "values that anybody may know",
            fix: `move ${name} from environment to secrets`,
          });
        }
      }
    }
  },
});
