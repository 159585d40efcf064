import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { z } from "zod";
import { SETTINGS } from "../components/settings/schema.ts";

/**
 * Declares the settings in Pulumi.yaml, where the Pulumi CLI shows and checks them; made from the schema that the program
 * checks them with. Pulumi.yaml knows texts, whole numbers and truth values; lists and objects are in docs/settings.md alone.
 * https://www.pulumi.com/docs/iac/concepts/projects/project-file/#config
 *
 * node offline/project-file.ts [--check]
 */
export const PROJECT_FILE = join(import.meta.dirname, "..", "Pulumi.yaml");

interface Declared {
  readonly type: "string" | "integer" | "boolean";
  readonly default: string | number | boolean;
  readonly description: string;
}

/** The settings that Pulumi.yaml can declare, by name. */
export const declaredSettings = (): Record<string, Declared> =>
  Object.fromEntries(
    Object.values(SETTINGS).flatMap((settings) =>
      Object.entries(settings).flatMap(([name, schema]) => {
        const value = defaultOf(schema);
        return value === undefined
          ? []
          : [[name, { type: typeOf(value), default: value, description: schema.description ?? "" }]];
      }),
    ),
  );

function defaultOf(schema: z.ZodType): Declared["default"] | undefined {
  const { success, data } = schema.safeParse(undefined);
  const isScalar = typeof data === "string" || typeof data === "boolean" || Number.isInteger(data);
  const isAlsoList = schema.safeParse(["name"]).success;
  return success && isScalar && !isAlsoList ? (data as Declared["default"]) : undefined;
}

const typeOf = (value: Declared["default"]): Declared["type"] =>
  typeof value === "string" ? "string" : typeof value === "boolean" ? "boolean" : "integer";

/** The file's text with the declarations as they should be; all else is left alone. */
export function withDeclarations(text: string): string {
  const document = parseDocument(text);
  document.set("config", document.createNode(declaredSettings()));
  return document.toString({ lineWidth: 0 });
}

if (import.meta.main) {
  const now = await readFile(PROJECT_FILE, "utf8");
  const wanted = withDeclarations(now);
  if (!process.argv.includes("--check")) await writeFile(PROJECT_FILE, wanted);
  else if (now !== wanted) {
    process.stderr.write("Pulumi.yaml is not up to date: node offline/project-file.ts\n");
    process.exitCode = 1;
  }
}
