import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { iamArn } from "./arns.ts";
import type { Context } from "./context.ts";
import { GrantedRole, type RoleNodes, type RoleTransforms } from "./role.ts";

/** Whose tokens the role trusts. https://docs.github.com/actions/concepts/security/openid-connect */
export const GITHUB_ISSUER = "token.actions.githubusercontent.com";

/** The workflow runs that may take the role: of one environment, of one branch, or of pull requests. */
export type CiSubject =
  | { readonly environment: string }
  | { readonly branch: string }
  | { readonly pullRequests: true };

export interface CiRoleArgs {
  readonly context: Context;
  /** What the role is called within the stack. @default the component's name */
  readonly label?: string;
  /** @example "acme/market-data" */
  readonly repository: string;
  /** At least one. @example [{ environment: "production" }] */
  readonly subjects: readonly CiSubject[];
  /** What the role may do: ARNs of managed policies, one to ten. There is no default, as it would have to be wide. */
  readonly policies: readonly pulumi.Input<string>[];
  /** ARN of the managed policy that the role, whatever it is given, cannot exceed. @default none */
  readonly permissionsBoundary?: string | undefined;
  /**
   * GitHub's identity provider in this account, which can have only one.
   * @default the one that is there
   */
  readonly provider?: aws.iam.OpenIdConnectProvider | undefined;
  readonly transform?: RoleTransforms | undefined;
}

/**
 * A role that workflows of one GitHub repository take, without any key that could be stolen.
 * @example
 * new CiRole("preview", {
 *   context,
 *   repository: "acme/market-data",
 *   subjects: [{ pullRequests: true }],
 *   policies: ["arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"],
 * });
 *
 * **Cost**: none.
 *
 * **Security**: GitHub has to say, in a token for AWS, that the run is of this repository and of one of the subjects; nothing in
 * that is a pattern. What a pull request may do, everybody who can open one may do: give it rights to look. A permissions
 * boundary keeps a deploying role from making itself stronger.
 */
export class CiRole extends GrantedRole {
  declare readonly nodes: RoleNodes & { readonly attachments: readonly aws.iam.RolePolicyAttachment[] };

  constructor(name: string, args: CiRoleArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { context, label, permissionsBoundary, transform } = args;
    const description = `Workflows of ${args.repository} for stack ${context.stack}`;
    super(
      "tidegate:access:CiRole",
      name,
      { context, label, description, trust: trustOf(args), permissionsBoundary, transform },
      opts,
      args.provider ? [args.provider] : [],
    );
    const { role } = this.nodes;
    const attachments = args.policies.map(
      (policyArn, index) =>
        new aws.iam.RolePolicyAttachment(
          `${name}-policy-${index + 1}`,
          { role: role.name, policyArn },
          { parent: this },
        ),
    );
    this.nodes = { ...this.nodes, attachments };
  }
}

/** GitHub's identity provider; an account can have only one, so only one of its stacks makes it. */
export const githubProvider = (name: string, opts: pulumi.CustomResourceOptions): aws.iam.OpenIdConnectProvider =>
  new aws.iam.OpenIdConnectProvider(
    name,
    { url: `https://${GITHUB_ISSUER}`, clientIdLists: ["sts.amazonaws.com"] },
    opts,
  );

/** https://docs.github.com/actions/reference/security/oidc#example-subject-claims */
const subjectOf = (repository: string, subject: CiSubject): string => {
  if ("environment" in subject) return `repo:${repository}:environment:${subject.environment}`;
  if ("branch" in subject) return `repo:${repository}:ref:refs/heads/${subject.branch}`;
  return `repo:${repository}:pull_request`;
};

const trustOf = ({ context, repository, subjects }: CiRoleArgs): pulumi.Output<string> =>
  pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: iamArn(context, `oidc-provider/${GITHUB_ISSUER}`) },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${GITHUB_ISSUER}:aud`]: "sts.amazonaws.com",
            [`${GITHUB_ISSUER}:sub`]: subjects.map((subject) => subjectOf(repository, subject)),
          },
        },
      },
    ],
  });
