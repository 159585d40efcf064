import * as pulumi from "@pulumi/pulumi";
import { iamArn } from "./arns.ts";
import { bundlePart } from "./bundle-part.ts";
import type { Context } from "./context.ts";
import type { DataLake, LakePart } from "./data-lake.ts";
import { GrantedRole, type RoleTransforms } from "./role.ts";

/** What somebody may read of the lake; definitions.json is part of it. */
export interface Readable {
  /** Names of datasets whose processed records may be read, or all of them, those of tomorrow too. @default none */
  readonly datasets?: readonly string[] | "all";
  /** Names of bundles that may be pulled. @default none */
  readonly bundles?: readonly string[] | undefined;
}

export interface ReaderRoleArgs extends Readable {
  readonly context: Context;
  /** What the role is called within the stack. @default the component's name */
  readonly label?: string;
  readonly lake: DataLake;
  /**
   * Who may take the role, in this account or another: twelve digits for an account whose administrators decide further, or ARNs.
   * @example ["210987654321", "arn:aws:iam::210987654321:role/research"]
   */
  readonly principals: readonly string[];
  /** What a third party has to present, so that nobody makes it take the role for himself. @default nothing */
  readonly externalId?: string | undefined;
  /** Whether a person has to have signed in with a second factor. @default false, as programs have none */
  readonly mfa?: boolean;
  readonly transform?: RoleTransforms | undefined;
}

/**
 * A role for people and clients that read datasets or pull bundles.
 * @example new ReaderRole("research", { context, lake, principals: ["210987654321"], datasets: ["daily_prices"] });
 * @example new ReaderRole("vendor", { context, lake, principals: [vendor], externalId: "a1b2", bundles: ["us_equities"] });
 *
 * **Cost**: none; what leaves the region costs 0.02 to 0.09 USD per GB.
 *
 * **Security**: only the given principals can take it, for an hour at most, on demand with a second factor or an external id. It
 * reads processed records or bundles of what is named, never raw, state or runs, and decrypts through S3 only.
 */
export class ReaderRole extends GrantedRole {
  constructor(name: string, args: ReaderRoleArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { context, label, transform } = args;
    const description = `Reads ${whatOf(args)} of ${context.project} in stack ${context.stack}`;
    super("tidegate:access:ReaderRole", name, { context, label, description, trust: trustOf(args), transform }, opts);
    args.lake.grantRead(this, readablePart(args));
  }
}

/** The part of the lake that belongs to what may be read. */
export function readablePart({ datasets = [], bundles = [] }: Readable): LakePart {
  const { folders, objects } = bundlePart(bundles);
  return {
    folders: [...(datasets === "all" ? ["processed"] : datasets.map((dataset) => `processed/${dataset}`)), ...folders],
    objects: ["definitions.json", ...objects],
  };
}

const whatOf = ({ datasets = [], bundles = [] }: Readable): string => {
  const parts = [
    ...(datasets === "all" ? ["all datasets"] : datasets.length > 0 ? [`${datasets.length} datasets`] : []),
    ...(bundles.length > 0 ? [`${bundles.length} bundles`] : []),
  ];
  return parts.join(" and ") || "the definitions";
};

function trustOf({ context, principals, externalId, mfa = false }: ReaderRoleArgs): pulumi.Output<string> {
  const conditions = {
    ...(externalId ? { StringEquals: { "sts:ExternalId": externalId } } : {}),
    ...(mfa ? { Bool: { "aws:MultiFactorAuthPresent": "true" } } : {}),
  };
  const ids = principals.map((principal) =>
    /^\d{12}$/.test(principal) ? iamArn({ ...context, account: pulumi.output(principal) }, "root") : principal,
  );
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: ids },
        Action: "sts:AssumeRole",
        ...(Object.keys(conditions).length > 0 ? { Condition: conditions } : {}),
      },
    ],
  });
}
