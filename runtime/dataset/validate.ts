import { z } from "zod";
import { CALENDARS, type DatasetDefinition } from "./definition.ts";
import { DAY, DURATION_PATTERN, milliseconds } from "./duration.ts";
import { type Fault, unknownName } from "./errors.ts";
import { FARGATE_SIZES, isFargateSize } from "./fargate.ts";
import { startOfDate } from "./moment.ts";
import { scheduleFaults } from "./schedule-faults.ts";
import type { Schema } from "./schema.ts";
import { strictFaults } from "./strict.ts";

const NAME = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,39}$/,
    "must be lower case letters, digits and underscores, begin with a letter, and have at most 40 of them",
  );
const duration = z.string().regex(DURATION_PATTERN, 'must be a duration such as "5 minutes" or "299 days"');
const fn = z.custom<(...args: never[]) => unknown>((value) => typeof value === "function", "must be a function");
const count = z.number().int().min(1);

const notes = { nullable: z.boolean(), unit: z.string().optional(), description: z.string().optional() };

const column = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal(["text", "date", "integer", "float", "boolean", "json"]), ...notes }),
  z.strictObject({ kind: z.literal("timestamp"), from: z.enum(["iso", "seconds", "milliseconds"]), ...notes }),
  z.strictObject({
    kind: z.literal("decimal"),
    precision: count.max(38),
    scale: z.number().int().min(0).max(38),
    excess: z.enum(["refuse", "round"]),
    ...notes,
  }),
]);

const auth = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({
    kind: z.literal("header"),
    header: z.string().regex(/^[A-Za-z0-9-]+$/, "must be the name of a header"),
    prefix: z.string(),
    secret: z.string().regex(/^[A-Z][A-Z0-9_]*$/, "must be capital letters, digits and underscores"),
  }),
]);

const source = z.strictObject({
  kind: z.literal("http"),
  url: z
    .string()
    .refine(isAllowedUrl, "must be an https URL (http only for this machine), without query or credentials"),
  auth: auth.optional(),
  budget: z.array(z.strictObject({ requests: count, per: duration, burst: count.optional() })).min(1),
  windows: z.strictObject({ step: duration, granularity: duration }),
  request: fn,
  pages: z.strictObject({ kind: z.literal("none") }),
  responses: z
    .array(
      z.strictObject({
        test: z.strictObject({
          status: z.number().int().min(100).max(599).optional(),
          body: z.instanceof(RegExp).optional(),
        }),
        action: z.strictObject({
          kind: z.enum(["ok", "empty", "retry", "limited", "splitWindow", "skipPartition", "fail"]),
          message: z.string().optional(),
        }),
      }),
    )
    .optional(),
  rows: fn,
});

const definition = z.strictObject({
  name: NAME,
  title: z.string().min(1),
  description: z.string().optional(),
  source,
  partitions: z.record(z.string(), z.array(z.string().min(1)).min(1)),
  schema: z.record(z.string(), column),
  key: z.array(z.string()).min(1),
  cursor: z.string(),
  calendar: z.enum(CALENDARS),
  backfillFrom: z.string().refine((value) => !Number.isNaN(startOfDate(value)), "must be a day, YYYY-MM-DD"),
  checks: z
    .array(
      z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("record"), name: z.string(), columns: z.array(z.string()), test: fn }),
        z.strictObject({ kind: z.literal("freshness"), name: z.string(), limit: z.number() }),
      ]),
    )
    .optional(),
  schedule: z.strictObject({ cron: z.string(), timeZone: z.string() }),
  after: z.array(NAME).optional(),
  load: z
    .strictObject({
      warehouse: z
        .strictObject({
          table: NAME.optional(),
          sortBy: z.array(z.string()).optional(),
          distributeBy: z.string().optional(),
        })
        .optional(),
      database: z.union([z.boolean(), z.strictObject({ table: NAME })]).optional(),
    })
    .optional(),
  compute: z.strictObject({ vcpu: z.number(), memory: z.number() }).optional(),
  deadline: duration.optional(),
});

/** Everything that is wrong with a definition, in the order of its fields; empty when nothing is. */
export function definitionFaults(input: unknown): Fault[] {
  const shape = strictFaults(definition, input);
  return [...shape, ...meaningFaults(input as DatasetDefinition<string, Schema>, shape)];
}

/** Whether neither a field nor anything in it has a fault of its own; so that one mistake is reported once. */
type Sound = (field: string) => boolean;

type Definition = DatasetDefinition<string, Schema>;

/** Faults between fields. */
function meaningFaults(input: Definition, shape: readonly Fault[]): Fault[] {
  if (!isObject(input)) return [];
  const sound: Sound = (field) =>
    !shape.some(({ path }) => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`));
  const faults: Fault[] = [];
  if (isObject(input.schema)) faults.push(...columnFaults(input, sound), ...referenceFaults(input, sound));
  if (sound("partitions")) faults.push(...partitionFaults(input, sound));
  if (sound("source.windows")) faults.push(...windowFaults(input));
  if (sound("schedule")) faults.push(...scheduleFaults(input.schedule));
  if (sound("after")) faults.push(...afterFaults(input));
  if (sound("compute") && input.compute && !isFargateSize(input.compute))
    faults.push({
      path: "compute",
      problem: "is no size that Fargate offers",
      value: input.compute,
      allowed: FARGATE_SIZES,
    });
  return faults;
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

function columnFaults({ schema }: Definition, sound: Sound): Fault[] {
  const faults: Fault[] = [];
  for (const [name, column] of Object.entries(schema)) {
    if (!/^[a-z][a-z0-9_]*$/.test(name))
      faults.push({
        path: `schema.${name}`,
        problem: "must be lower case letters, digits and underscores",
        value: name,
      });
    if (sound(`schema.${name}`) && column.kind === "decimal" && column.scale > column.precision)
      faults.push({
        path: `schema.${name}.scale`,
        problem: "is more than the precision",
        value: column.scale,
        allowed: `0 to ${column.precision}`,
      });
  }
  return faults;
}

/** Names of columns that are none, or none of the kind that is needed. */
function referenceFaults(input: Definition, sound: Sound): Fault[] {
  const columns = Object.keys(input.schema);
  const faults: Fault[] = [];
  const mustExist = (path: string, name: string | undefined): void => {
    if (name !== undefined && !columns.includes(name)) faults.push(unknownName(path, "names no column", name, columns));
  };
  if (sound("key"))
    for (const [i, name] of input.key.entries()) {
      mustExist(`key[${i}]`, name);
      if (input.schema[name]?.nullable)
        faults.push({ path: `key[${i}]`, problem: "names a nullable column", value: name });
    }
  if (sound("cursor")) {
    mustExist("cursor", input.cursor);
    const kind = input.schema[input.cursor]?.kind;
    if (kind && sound(`schema.${input.cursor}`) && kind !== "date" && kind !== "timestamp")
      faults.push({
        path: "cursor",
        problem: `names a ${kind} column`,
        value: input.cursor,
        allowed: "a date or timestamp column",
      });
  }
  if (sound("checks"))
    for (const [i, check] of (input.checks ?? []).entries())
      if (check.kind === "record") for (const name of check.columns) mustExist(`checks[${i}] (${check.name})`, name);
  if (sound("load.warehouse.sortBy"))
    for (const [i, name] of (input.load?.warehouse?.sortBy ?? []).entries())
      mustExist(`load.warehouse.sortBy[${i}]`, name);
  if (sound("load.warehouse.distributeBy"))
    mustExist("load.warehouse.distributeBy", input.load?.warehouse?.distributeBy);
  return faults;
}

function partitionFaults(input: Definition, sound: Sound): Fault[] {
  const fields = Object.keys(input.partitions);
  const [field] = fields;
  if (field === undefined || fields.length > 1)
    return [
      {
        path: "partitions",
        problem: "must have exactly one field",
        value: fields,
        fix: 'write it as { ticker: ["AAPL", "MSFT"] }',
      },
    ];
  const faults: Fault[] = [];
  if (isObject(input.schema) && sound(`schema.${field}`) && input.schema[field]?.kind !== "text")
    faults.push({
      path: `partitions.${field}`,
      problem: "is no text column of the schema",
      fix: `add ${field}: text() to schema`,
    });
  // Records of two partitions share one table, where nothing else would tell them apart.
  else if (sound("key") && isObject(input.schema) && !input.key.includes(field) && input.key.every(isColumn(input)))
    faults.push({
      path: "key",
      problem: "lacks the partition's field",
      value: input.key,
      fix: `add "${field}"`,
    });
  const values = input.partitions[field] ?? [];
  const repeated = values.filter((value, i) => values.indexOf(value) !== i);
  if (repeated.length) faults.push({ path: `partitions.${field}`, problem: "has a value twice", value: repeated });
  return faults;
}

const isColumn =
  ({ schema }: Definition) =>
  (name: string): boolean =>
    Object.hasOwn(schema, name);

/** Whether the names are datasets can only be said where all of them are known. */
function afterFaults({ name, after = [] }: Definition): Fault[] {
  const faults: Fault[] = [];
  if (after.includes(name)) faults.push({ path: "after", problem: "names the dataset itself", value: name });
  const repeated = after.filter((other, i) => after.indexOf(other) !== i);
  if (repeated.length) faults.push({ path: "after", problem: "has a name twice", value: repeated });
  return faults;
}

function windowFaults(input: Definition): Fault[] {
  const windows = input.source?.windows;
  if (!windows) return [];
  const { step, granularity } = windows;
  if (milliseconds(granularity) !== DAY)
    return [
      {
        path: "source.windows.granularity",
        problem: "is one that calendars know nothing of",
        value: granularity,
        allowed: '"1 day"',
      },
    ];
  if (milliseconds(step) % milliseconds(granularity) === 0) return [];
  return [{ path: "source.windows.step", problem: `is no multiple of the granularity ${granularity}`, value: step }];
}

function isAllowedUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  return (
    (url.protocol === "https:" || (url.protocol === "http:" && here)) &&
    !url.search &&
    !url.hash &&
    !url.username &&
    !url.password
  );
}
