import * as pulumi from "@pulumi/pulumi";
import type { Context } from "./context.ts";
import { GrantedRole, type RoleTransforms } from "./role.ts";

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
  readonly transform?: RoleTransforms | undefined;
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
export class ServiceRole extends GrantedRole {
  constructor(name: string, args: ServiceRoleArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { context, label, description, transform } = args;
    super(
      "tidegate:security:ServiceRole",
      name,
      { context, label, description, trust: trustOf(args), transform },
      opts,
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
