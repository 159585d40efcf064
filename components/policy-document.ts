import * as pulumi from "@pulumi/pulumi";

type Values = pulumi.Input<string> | readonly pulumi.Input<string>[];

/** Operator, then condition key, then values: `{ Bool: { "aws:SecureTransport": "false" } }`. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, Values>>>>;

/** One statement of an IAM, bucket, key, queue, topic or endpoint policy. */
export interface Statement {
  readonly sid: string;
  /** @default "Allow" */
  readonly effect?: "Allow" | "Deny";
  /** `*` or by kind, such as `{ Service: "logs.eu-west-1.amazonaws.com" }`; identity policies have none. */
  readonly principals?: "*" | Readonly<Record<string, Values>>;
  readonly actions: readonly string[];
  readonly resources: Values;
  readonly conditions?: Conditions;
}

/**
 * The JSON text of a policy. It is complete at preview as long as nothing in it comes from a resource that is yet to be created:
 * build ARNs with arns.ts from names, never from another resource's outputs, so that checks can read it before a first deployment.
 */
export function policyDocument(statements: readonly Statement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({
      Sid: statement.sid,
      Effect: statement.effect ?? "Allow",
      ...(statement.principals ? { Principal: statement.principals } : {}),
      Action: statement.actions,
      Resource: statement.resources,
      ...(statement.conditions ? { Condition: statement.conditions } : {}),
    })),
  });
}

/** The statement that refuses every request without TLS. */
export const denyWithoutTls = (service: string, resources: Values): Statement => ({
  sid: "DenyWithoutTls",
  effect: "Deny",
  principals: "*",
  actions: [`${service}:*`],
  resources,
  conditions: { Bool: { "aws:SecureTransport": "false" } },
});
