import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { iamArn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { Grantee } from "./grantee.ts";
import { policyDocument, type Statement } from "./policy-document.ts";
import { type Transform, transformed } from "./transform.ts";

export interface ServiceRoleArgs {
  readonly context: Context;
  /** What the role is called within the stack. @default the component's name */
  readonly label?: string;
  readonly description: string;
  /** The service that takes the role, or several that act for each other. @example "ecs-tasks.amazonaws.com" */
  readonly service: string | readonly string[];
  /**
   * ARNs, or patterns of ARNs, on whose behalf the service may take it; undefined for a service that does not say, as EC2:
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
   */
  readonly sourceArn: pulumi.Input<string> | readonly pulumi.Input<string>[] | undefined;
  readonly transform?:
    | { readonly role?: Transform<aws.iam.RoleArgs>; readonly policy?: Transform<aws.iam.RolePolicyArgs> }
    | undefined;
}

/**
 * A role for one AWS service, without any right of its own: the owners of things grant to it.
 * @example
 * const role = new ServiceRole("task", { context, description: "Brings in prices", service: "ecs-tasks.amazonaws.com", sourceArn });
 * lake.grantWrite(role, { folders: ["raw/prices"] });
 *
 * **Cost**: none.
 *
 * **Security**: only the service may take the role, only for this account and `sourceArn` (no confused deputy), for an hour at
 * most. Every right is an inline policy that names its resources.
 */
export class ServiceRole extends pulumi.ComponentResource implements Grantee {
  readonly arn: pulumi.Output<string>;
  /** The ARN as text that is known at preview, for policies. */
  readonly plannedArn: pulumi.Output<string>;
  readonly nodes: { readonly role: aws.iam.Role; readonly policies: aws.iam.RolePolicy[] };
  readonly #name: string;
  readonly #transform: ServiceRoleArgs["transform"];

  constructor(name: string, args: ServiceRoleArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:security:ServiceRole", name, {}, opts);
    this.#name = name;
    this.#transform = args.transform;
    const roleName = args.context.name("role", args.label ?? name);
    const role = new aws.iam.Role(
      `${name}-role`,
      transformed(
        {
          name: roleName,
          description: args.description,
          assumeRolePolicy: trustOf(args),
          maxSessionDuration: 3600,
          forceDetachPolicies: true,
        },
        args.transform?.role,
      ),
      { parent: this },
    );
    this.arn = role.arn;
    this.plannedArn = iamArn(args.context, `role/${roleName}`);
    this.nodes = { role, policies: [] };
    this.registerOutputs({ arn: this.arn });
  }

  /** Adds a right; components call this from their `grant` methods. @param what ends the policy's name, such as `write-lake` */
  allow(what: string, statements: readonly Statement[]): void {
    this.nodes.policies.push(
      new aws.iam.RolePolicy(
        `${this.#name}-${what}`,
        transformed(
          { name: what, role: this.nodes.role.name, policy: policyDocument(statements) },
          this.#transform?.policy,
        ),
        { parent: this },
      ),
    );
  }
}

const trustOf = ({ context, service, sourceArn }: ServiceRoleArgs): pulumi.Output<string> =>
  pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: service },
        Action: "sts:AssumeRole",
        ...(sourceArn
          ? {
              Condition: {
                StringEquals: { "aws:SourceAccount": context.account },
                ArnLike: { "aws:SourceArn": sourceArn },
              },
            }
          : {}),
      },
    ],
  });
