import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { iamArn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { Grantee } from "./grantee.ts";
import { policyDocument, type Statement } from "./policy-document.ts";
import { type Transform, transformed } from "./transform.ts";

export interface RoleTransforms {
  readonly role?: Transform<aws.iam.RoleArgs>;
  readonly policy?: Transform<aws.iam.RolePolicyArgs>;
}

export interface RoleNodes {
  readonly role: aws.iam.Role;
  readonly policies: aws.iam.RolePolicy[];
}

interface RolePlan {
  readonly context: Context;
  readonly label: string | undefined;
  readonly description: string;
  /** The policy that says who may take it. */
  readonly trust: pulumi.Output<string>;
  readonly permissionsBoundary?: string | undefined;
  readonly transform: RoleTransforms | undefined;
}

/** What all roles have in common: an hour at most, and rights that are inline policies, one a grant. */
export abstract class GrantedRole extends pulumi.ComponentResource implements Grantee {
  readonly arn: pulumi.Output<string>;
  /** The ARN as text that is known at preview, for policies. */
  readonly plannedArn: pulumi.Output<string>;
  readonly nodes: RoleNodes;
  readonly #name: string;
  readonly #transform: RoleTransforms | undefined;

  /** @param after what must be there before the role */
  constructor(
    type: string,
    name: string,
    { context, label = name, description, trust, permissionsBoundary, transform }: RolePlan,
    opts: pulumi.ComponentResourceOptions,
    after: readonly pulumi.Resource[] = [],
  ) {
    super(type, name, {}, opts);
    this.#name = name;
    this.#transform = transform;
    const roleName = context.name("role", label);
    const role = new aws.iam.Role(
      `${name}-role`,
      transformed(
        {
          name: roleName,
          description,
          assumeRolePolicy: trust,
          maxSessionDuration: 3600,
          forceDetachPolicies: true,
          ...(permissionsBoundary ? { permissionsBoundary } : {}),
        },
        transform?.role,
      ),
      { parent: this, dependsOn: [...after] },
    );
    this.arn = role.arn;
    this.plannedArn = iamArn(context, `role/${roleName}`);
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
