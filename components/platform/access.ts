import type * as pulumi from "@pulumi/pulumi";
import { CiRole, type CiSubject, githubProvider } from "../ci-role.ts";
import type { Context } from "../context.ts";
import type { DataLake } from "../data-lake.ts";
import { ReaderRole } from "../readers.ts";
import type { Settings } from "../settings.ts";
import { TeamGroup } from "../team-group.ts";
import type { PlatformTransform } from "./transforms.ts";

interface AccessArgs {
  readonly context: Context;
  readonly settings: Settings;
  readonly lake: DataLake;
  readonly transform: PlatformTransform;
}

/** Who has rights beside the platform's own tasks. */
export interface Access {
  /** By the name in the settings. */
  readonly readers: Readonly<Record<string, ReaderRole>>;
  /** `preview` and `deploy`, as far as the settings have them. */
  readonly ci: Readonly<Record<string, CiRole>>;
  readonly team: TeamGroup | undefined;
}

/** The roles and the group of the settings. */
export function makeAccess(name: string, args: AccessArgs, child: pulumi.ComponentResourceOptions): Access {
  const { context, lake, settings, transform } = args;
  const readers = settings.readers.map((reader): [string, ReaderRole] => [
    reader.name,
    new ReaderRole(
      `${name}-${reader.name}-reader`,
      { ...reader, context, lake, label: `${reader.name}-reader`, transform: transform.readers },
      child,
    ),
  ]);
  const { team } = settings;
  return {
    readers: Object.fromEntries(readers),
    ci: ciRoles(name, args, child),
    team:
      team &&
      new TeamGroup(
        `${name}-${team.name}-team`,
        { ...team, context, lake, label: team.name, transform: transform.team },
        child,
      ),
  };
}

function ciRoles(
  name: string,
  { context, settings: { ci }, transform }: AccessArgs,
  child: pulumi.ComponentResourceOptions,
): Record<string, CiRole> {
  if (!ci) return {};
  const { repository, permissionsBoundary, preview, deploy } = ci;
  const provider = ci.createProvider ? githubProvider(`${name}-github`, child) : undefined;
  const shared = { context, repository, permissionsBoundary, provider, transform: transform.ci };
  const role = (kind: string, policies: readonly string[], subjects: readonly CiSubject[]) =>
    new CiRole(`${name}-ci-${kind}`, { ...shared, label: `ci-${kind}`, policies, subjects }, child);
  return {
    ...(preview ? { preview: role("preview", preview.policies, previewSubjects(preview)) } : {}),
    ...(deploy
      ? {
          deploy: role("deploy", deploy.policies, [
            ...deploy.environments.map((environment) => ({ environment })),
            ...deploy.branches.map((branch) => ({ branch })),
          ]),
        }
      : {}),
  };
}

type Preview = NonNullable<NonNullable<Settings["ci"]>["preview"]>;

const previewSubjects = ({ pullRequests, branches }: Preview): CiSubject[] => [
  ...(pullRequests ? [{ pullRequests: true } as const] : []),
  ...branches.map((branch) => ({ branch })),
];
