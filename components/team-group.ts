import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { iamArn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { DataLake } from "./data-lake.ts";
import type { Grantee } from "./grantee.ts";
import { policyDocument, type Statement } from "./policy-document.ts";
import { type Readable, readablePart } from "./readers.ts";
import { type Transform, transformed } from "./transform.ts";

export interface TeamGroupArgs extends Readable {
  readonly context: Context;
  /** What the group is called within the stack. @default the component's name */
  readonly label?: string;
  readonly lake: DataLake;
  /** Folders below `drop/` in the lake that members fill with files of their own. @default none @example ["ftse100"] */
  readonly uploads?: readonly string[];
  /** Names of IAM users to create as members; they get neither password nor keys. @default none: an administrator adds members */
  readonly users?: readonly string[];
  /** Whether rights need a session with a second factor. @default true */
  readonly mfa?: boolean;
  readonly transform?:
    | {
        readonly group?: Transform<aws.iam.GroupArgs>;
        readonly policy?: Transform<aws.iam.GroupPolicyArgs>;
        readonly user?: Transform<aws.iam.UserArgs>;
      }
    | undefined;
}

/**
 * A group for a team that has to have IAM users, for instance for a machine outside of AWS; whoever can should take a ReaderRole.
 * @example new TeamGroup("quants", { context, lake, datasets: ["daily_prices"], uploads: ["ftse100"] });
 *
 * **Cost**: none.
 *
 * **Security**: members read what is named and write below the named drop folders; they list no other bucket and create none.
 * With `mfa` every right but that of registering a second factor needs one. Users come without password and access keys:
 * an administrator makes those outside of the program, so that none is ever in the state.
 */
export class TeamGroup extends pulumi.ComponentResource implements Grantee {
  readonly groupName: string;
  readonly nodes: {
    readonly group: aws.iam.Group;
    readonly policies: aws.iam.GroupPolicy[];
    readonly users: readonly aws.iam.User[];
    readonly memberships: readonly aws.iam.UserGroupMembership[];
  };
  readonly #name: string;
  readonly #mfa: boolean;
  readonly #transform: TeamGroupArgs["transform"];

  constructor(name: string, args: TeamGroupArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:access:TeamGroup", name, {}, opts);
    const { context, lake, uploads = [] } = args;
    const child = { parent: this };
    this.#name = name;
    this.#mfa = args.mfa ?? true;
    this.#transform = args.transform;
    this.groupName = context.name("group", args.label ?? name);
    const group = new aws.iam.Group(
      `${name}-group`,
      transformed({ name: this.groupName }, args.transform?.group),
      child,
    );
    const users = (args.users ?? []).map(
      (user) =>
        new aws.iam.User(
          `${name}-${user}`,
          transformed({ name: context.name("user", user), forceDestroy: context.disposable }, args.transform?.user),
          child,
        ),
    );
    const memberships = users.map(
      (user, index) =>
        new aws.iam.UserGroupMembership(
          `${name}-${args.users?.[index]}-membership`,
          { user: user.name, groups: [group.name] },
          child,
        ),
    );
    this.nodes = { group, policies: [], users, memberships };
    lake.grantRead(this, readablePart(args));
    if (uploads.length > 0) lake.grantWrite(this, { folders: uploads.map((folder) => `drop/${folder}`) });
    if (this.#mfa) this.#put("register-second-factor", [ownSecondFactor(context)]);
    this.registerOutputs({ groupName: this.groupName });
  }

  /** Adds a right, with `mfa` one that needs a second factor. @param what ends the policy's name, such as `read-lake` */
  allow(what: string, statements: readonly Statement[]): void {
    this.#put(what, this.#mfa ? statements.map(withSecondFactor) : statements);
  }

  #put(what: string, statements: readonly Statement[]): void {
    this.nodes.policies.push(
      new aws.iam.GroupPolicy(
        `${this.#name}-${what}`,
        transformed(
          { name: what, group: this.nodes.group.name, policy: policyDocument(statements) },
          this.#transform?.policy,
        ),
        { parent: this },
      ),
    );
  }
}

const withSecondFactor = (statement: Statement): Statement => ({
  ...statement,
  conditions: {
    ...statement.conditions,
    Bool: { ...statement.conditions?.Bool, "aws:MultiFactorAuthPresent": "true" },
  },
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_iam_mfa-selfmanage.html */
const ownSecondFactor = (context: Context): Statement => ({
  sid: "OwnSecondFactor",
  actions: ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices", "iam:ResyncMFADevice"],
  // IAM replaces the variable by the name of who asks.
  resources: [iamArn(context, `mfa/\${aws:username}`), iamArn(context, `user/\${aws:username}`)],
});
