import { createHash } from "node:crypto";

interface Rule {
  /** What stands before the first part. */
  readonly lead: string;
  readonly separator: "-" | "/" | "_";
  /** Longest name that AWS takes, in characters. */
  readonly max: number;
  /** Characters that AWS refuses in this name. */
  readonly refused: RegExp;
  /** Names that are unique among all accounts end with the account's id. */
  readonly scope: "account" | "world";
  /** Lower case only, and no separator next to another one or at the end. */
  readonly tidy?: boolean;
}

const TOKEN = /[^A-Za-z0-9_-]/g;
const PATH = /[^A-Za-z0-9/_.-]/g;
const LABEL = /[^a-z0-9]+/g;

/**
 * How each kind of resource may be called. Limits: the `name` parameter of the create call in each service's API reference,
 * for buckets https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html.
 */
const RULES = {
  bucket: { lead: "", separator: "-", max: 63, refused: /[^a-z0-9-]/g, scope: "world" },
  keyAlias: { lead: "alias/", separator: "-", max: 256, refused: TOKEN, scope: "account" },
  role: { lead: "", separator: "-", max: 64, refused: TOKEN, scope: "account" },
  group: { lead: "", separator: "-", max: 128, refused: TOKEN, scope: "account" },
  user: { lead: "", separator: "-", max: 64, refused: TOKEN, scope: "account" },
  securityGroup: { lead: "", separator: "-", max: 255, refused: TOKEN, scope: "account" },
  cluster: { lead: "", separator: "-", max: 255, refused: TOKEN, scope: "account" },
  taskFamily: { lead: "", separator: "-", max: 255, refused: TOKEN, scope: "account" },
  logGroup: { lead: "/", separator: "/", max: 512, refused: PATH, scope: "account" },
  secret: { lead: "", separator: "/", max: 512, refused: PATH, scope: "account" },
  scheduleGroup: { lead: "", separator: "-", max: 64, refused: TOKEN, scope: "account" },
  schedule: { lead: "", separator: "-", max: 64, refused: TOKEN, scope: "account" },
  stateMachine: { lead: "", separator: "-", max: 80, refused: TOKEN, scope: "account" },
  rule: { lead: "", separator: "-", max: 64, refused: TOKEN, scope: "account" },
  launchTemplate: { lead: "", separator: "-", max: 128, refused: TOKEN, scope: "account" },
  instanceProfile: { lead: "", separator: "-", max: 128, refused: TOKEN, scope: "account" },
  instanceGroup: { lead: "", separator: "-", max: 255, refused: TOKEN, scope: "account" },
  // Names that begin with aws, ecs or fargate are taken.
  capacityProvider: { lead: "on-", separator: "-", max: 255, refused: TOKEN, scope: "account" },
  repository: { lead: "", separator: "-", max: 256, refused: LABEL, scope: "account", tidy: true },
  queue: { lead: "", separator: "-", max: 80, refused: TOKEN, scope: "account" },
  table: { lead: "", separator: "-", max: 255, refused: TOKEN, scope: "account" },
  topic: { lead: "", separator: "-", max: 256, refused: TOKEN, scope: "account" },
  alarm: { lead: "", separator: "-", max: 255, refused: TOKEN, scope: "account" },
  warehouse: { lead: "", separator: "-", max: 63, refused: LABEL, scope: "account", tidy: true },
  database: { lead: "", separator: "-", max: 63, refused: LABEL, scope: "account", tidy: true },
  databaseUser: { lead: "", separator: "_", max: 63, refused: LABEL, scope: "account", tidy: true },
  parameterGroup: { lead: "", separator: "-", max: 255, refused: LABEL, scope: "account", tidy: true },
  subnetGroup: { lead: "", separator: "-", max: 255, refused: LABEL, scope: "account", tidy: true },
  dashboard: { lead: "", separator: "-", max: 255, refused: TOKEN, scope: "account" },
  budget: { lead: "", separator: "-", max: 100, refused: TOKEN, scope: "account" },
  metricNamespace: { lead: "", separator: "/", max: 255, refused: PATH, scope: "account" },
} as const satisfies Record<string, Rule>;

/** The kinds of names that there is a rule for. */
export type NameKind = keyof typeof RULES;

/** Kinds whose names only one account in the world can have. */
export type WorldNameKind = { [K in NameKind]: (typeof RULES)[K]["scope"] extends "world" ? K : never }[NameKind];

/** Kinds whose names need to be unique within one account. */
export type AccountNameKind = Exclude<NameKind, WorldNameKind>;

/** What a name is made of. */
export interface NameParts {
  readonly project: string;
  readonly stack: string;
  /** What it is within the stack, such as `lake` or `daily_prices-task`. */
  readonly component: string;
}

export const NAME_KINDS = Object.keys(RULES) as NameKind[];

/** The longest name of a kind, in characters. */
export const longestName = (kind: NameKind): number => RULES[kind].max;

/**
 * The physical name of a resource: project, stack and component, so that it is known before anything exists. What AWS refuses
 * becomes a dash and what is too long is cut; such a name, and one whose parts could be read in two ways, ends with a digest of
 * its parts, so that two resources, stacks or projects never share a name.
 */
export function accountName(kind: AccountNameKind, parts: NameParts): string {
  return build(RULES[kind], parts, "");
}

/** As `accountName`, ending with the id of the account. @param account twelve digits */
export function worldName(kind: WorldNameKind, parts: NameParts, account: string): string {
  return build(RULES[kind], parts, `-${account}`);
}

/** What every name of this kind in a stack begins with, for patterns in policies. */
export function namePrefix(kind: AccountNameKind, { project, stack }: Omit<NameParts, "component">): string {
  const { lead, separator } = RULES[kind];
  return `${lead}${legal(RULES[kind], [project, stack, ""].join(separator))}`;
}

function build(rule: Rule, { project, stack, component }: NameParts, end: string): string {
  const parts = [project, stack, component];
  const wanted = parts.join(rule.separator);
  const name = legal(rule, wanted);
  const room = rule.max - rule.lead.length - end.length;
  const isPlain =
    name === wanted && isWhole(rule, name) && name.length <= room && !`${project}${stack}`.includes(rule.separator);
  if (isPlain) return `${rule.lead}${name}${end}`;
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 8);
  const kept = name.slice(0, room - digest.length - 1);
  const joint = rule.tidy ? rule.separator : "-";
  return `${rule.lead}${rule.tidy && kept.endsWith(joint) ? kept : kept + joint}${digest}${end}`;
}

const isWhole = ({ tidy, separator }: Rule, name: string): boolean => !tidy || !name.endsWith(separator);

function legal({ scope, tidy, refused, separator }: Rule, text: string): string {
  const replacement = tidy ? separator : "-";
  return (scope === "world" || tidy ? text.toLowerCase() : text).replace(refused, replacement);
}
