import { join } from "node:path";
import { z } from "zod";
import { SETTINGS } from "../components/settings/schema.ts";
import { keepPage, pageTable } from "./page.ts";

const COMMAND = "node offline/settings-doc.ts";
const PATH = join(import.meta.dirname, "..", "docs", "settings.md");

/** The page about all settings of a stack, written from the schema that checks them. */
export function settingsPage(): string {
  return [
    "# Settings of a stack",
    `This page is made from components/settings/ by \`${COMMAND}\`; \`--check\` says whether it is up to date. Do not edit it by hand.`,
    [
      "A stack's settings stand in `Pulumi.<stack>.yaml`, each as `tidegate:<name>`, beside `aws:region`. `pulumi config set <name>",
      "<value>` writes one, `pulumi config set --path 'readers[0].name' research` a part of one. What is wrong is refused before",
      "anything is made, all of it at once. Copy `Pulumi.dev.yaml`, `Pulumi.prod.yaml` or `Pulumi.lean.yaml` for a stack of your own;",
      "a table of all differences in cost is `node offline/main.ts plan --stack <one> --compare <other>`.",
    ].join("\n"),
    ...Object.entries(SETTINGS).flatMap(([part, settings]) => [`## ${part}`, table(settings), ...nested(settings)]),
  ]
    .join("\n\n")
    .concat("\n");
}

const table = (settings: Readonly<Record<string, z.ZodType>>): string =>
  pageTable([
    ["Setting", "Value", "Default", "Says"],
    ...Object.entries(settings).map(([name, schema]) => [
      `\`${name}\``,
      valueText(schema),
      defaultText(schema),
      schema.description ?? "",
    ]),
  ]);

/** Settings that have settings of their own. */
const nested = (settings: Readonly<Record<string, z.ZodType>>): string[] =>
  Object.entries(settings).flatMap(([name, schema]) =>
    objectsIn(schema, name).flatMap(({ path, shape }) => [`### \`${path}\``, table(shape)]),
  );

interface Part {
  readonly path: string;
  readonly shape: Readonly<Record<string, z.ZodType>>;
}

function objectsIn(schema: unknown, path: string): Part[] {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodArray) return objectsIn(bare.element, `${path}[]`);
  if (!(bare instanceof z.ZodObject)) return [];
  const shape = bare.shape as Part["shape"];
  // Three lists of ids need no table of their own.
  const isPlain = Object.values(shape).every(({ description }) => description === undefined);
  if (isPlain) return [];
  return [{ path, shape }, ...Object.entries(shape).flatMap(([name, inner]) => objectsIn(inner, `${path}.${name}`))];
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? unwrapped(schema.unwrap()) : schema;
}

function valueText(schema: unknown): string {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodEnum)
    return bare.options.length > 10 ? "one of AWS's regions" : bare.options.map((option) => `\`${option}\``).join(", ");
  if (bare instanceof z.ZodUnion)
    return [...new Set(bare.options.map(valueText))].filter((text) => text !== '`""`').join(" or ");
  if (bare instanceof z.ZodLiteral) return [...bare.values].map((value) => `\`${JSON.stringify(value)}\``).join(", ");
  if (bare instanceof z.ZodArray) return `list of ${plural(valueText(bare.element))}`;
  if (bare instanceof z.ZodObject) return "object";
  if (bare instanceof z.ZodRecord) return `${plural(valueText(bare.valueType))} by name`;
  if (bare instanceof z.ZodBoolean) return "`true`, `false`";
  if (bare instanceof z.ZodNumber) return numberText(bare);
  return "text";
}

const plural = (text: string): string => ({ text: "texts", object: "objects" })[text] ?? text;

function numberText({ minValue, maxValue }: z.ZodNumber): string {
  const isBound = (value: number | null): value is number =>
    value !== null && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  if (isBound(minValue) && isBound(maxValue)) return `${minValue} to ${maxValue}`;
  return isBound(minValue) ? `number from ${minValue}` : "number";
}

function defaultText(schema: z.ZodType): string {
  if (schema instanceof z.ZodOptional) return "left out";
  const { success, data } = schema.safeParse(undefined);
  if (!success) return "needed";
  if (typeof data === "object" && data !== null && Object.keys(data).length === 0) return "none";
  if (data === "") return "empty";
  return `\`${typeof data === "string" ? data : JSON.stringify(data)}\``;
}

if (import.meta.main) await keepPage(PATH, settingsPage(), COMMAND);
