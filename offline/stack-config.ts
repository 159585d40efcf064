import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { didYouMean, type Fault, messageOf, UserError } from "../runtime/dataset/errors.ts";

/** A stack's configuration as Pulumi would hand it to the program. */
export interface StackConfig {
  readonly project: string;
  /** The program's file, relative to the project's folder. */
  readonly main: string;
  /** Values under their full names, such as `tidegate:cidr`; objects and lists as JSON text. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/** What stands in for a value that is encrypted in the stack's file: evaluating needs no passphrase. */
export const STAND_IN_SECRET = "secret-from-config";

// https://www.pulumi.com/docs/iac/concepts/projects/project-file/#config
const Declared = z.object({
  type: z.unknown().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  value: z.unknown().optional(),
  secret: z.boolean().optional(),
  items: z.unknown().optional(),
});
const Project = z.object({
  name: z.string(),
  main: z.string().optional(),
  config: z.record(z.string(), z.unknown()).nullish(),
});
const Stack = z.object({ config: z.record(z.string(), z.unknown()).nullish() });

/**
 * Reads a stack's configuration: what `Pulumi.yaml` declares with its defaults, overlaid by `Pulumi.<stack>.yaml`.
 * @throws UserError when a file is missing or is no such file, or when a declared value has neither default nor value.
 */
export async function readStackConfig(folder: string, stack: string): Promise<StackConfig> {
  const project = await readYaml(join(folder, "Pulumi.yaml"), Project);
  const stackFile = await readYaml(join(folder, `Pulumi.${stack}.yaml`), Stack, () => noSuchStack(folder, stack));
  const fullName = (key: string) => (key.includes(":") ? key : `${project.name}:${key}`);
  const given = new Map(Object.entries(stackFile.config ?? {}).map(([key, value]) => [fullName(key), value]));
  const values = new Map<string, unknown>();
  const secretKeys = new Set<string>();
  const faults: Fault[] = [];

  for (const [key, entry] of Object.entries(project.config ?? {})) {
    const declared = declaration(entry);
    const value = declared.value ?? declared.default;
    if (declared.secret) secretKeys.add(fullName(key));
    if (value !== undefined) values.set(fullName(key), value);
    else if (!given.has(fullName(key)))
      faults.push({
        path: fullName(key),
        problem: "is declared in Pulumi.yaml without a default and has no value",
        fix: `set it with "pulumi config set ${fullName(key)} <value> --stack ${stack}"`,
      });
  }
  for (const [key, value] of given) {
    values.set(key, value);
    if (holdsSecret(value)) secretKeys.add(key);
  }
  if (faults.length > 0) throw new UserError(`stack ${stack} is not configured completely`, faults);
  const config = Object.fromEntries([...values].map(([key, value]) => [key, configText(value)]));
  return { project: project.name, main: project.main ?? "index.ts", config, secretKeys: [...secretKeys] };
}

function declaration(entry: unknown): z.infer<typeof Declared> {
  const declared = Declared.strict().safeParse(entry);
  return declared.success && Object.keys(declared.data).length > 0 ? declared.data : { value: entry };
}

function configText(value: unknown): string {
  if (isSecure(value)) return STAND_IN_SECRET;
  return typeof value === "object" ? JSON.stringify(withoutSecure(value)) : String(value);
}

function withoutSecure(value: unknown): unknown {
  if (isSecure(value)) return STAND_IN_SECRET;
  if (Array.isArray(value)) return value.map(withoutSecure);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecure(inner)]));
}

function holdsSecret(value: unknown): boolean {
  if (isSecure(value)) return true;
  return value !== null && typeof value === "object" && Object.values(value).some(holdsSecret);
}

function isSecure(value: unknown): value is { secure: string } {
  return value !== null && typeof value === "object" && "secure" in value && Object.keys(value).length === 1;
}

async function readYaml<T>(path: string, schema: z.ZodType<T>, missing?: () => Promise<never>): Promise<T> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (missing && (error as NodeJS.ErrnoException).code === "ENOENT") return missing();
    throw new UserError(`cannot read ${path}: ${messageOf(error)}`, [], { cause: error });
  }
  let content: unknown;
  try {
    content = parse(text) ?? {};
  } catch (error) {
    throw new UserError(`${path} is not valid YAML: ${messageOf(error)}`, [], { cause: error });
  }
  const read = schema.safeParse(content);
  if (read.success) return read.data;
  const faults = read.error.issues.map((issue) => ({ path: issue.path.join("."), problem: issue.message }));
  throw new UserError(`${path} is not a Pulumi file`, faults);
}

async function noSuchStack(folder: string, stack: string): Promise<never> {
  const stacks = (await readdir(folder)).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  const fix = didYouMean(stack, stacks);
  throw new UserError(`there is no stack ${stack}`, [
    {
      path: "--stack",
      problem: `${folder} has no file Pulumi.${stack}.yaml`,
      allowed: stacks.join(", ") || "none yet",
      ...(fix ? { fix } : {}),
    },
  ]);
}
