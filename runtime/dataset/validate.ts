import { z } from "zod";
import { CALENDARS } from "./calendar/index.ts";
import { customFaults, customShape } from "./calendar/shape.ts";
import type { DatasetDefinition } from "./definition.ts";
import { milliseconds } from "./duration.ts";
import { type Fault, unknownName } from "./errors.ts";
import { FARGATE_SIZES, isFargateSize } from "./fargate.ts";
import { startOfDate } from "./moment.ts";
import type { PartitionOrigin } from "./partitions.ts";
import { scheduleFaults } from "./schedule-faults.ts";
import type { Schema } from "./schema.ts";
import type { HttpSource } from "./source.ts";
import { count, duration, fn, httpSource, partitionOrigin } from "./source-shape.ts";
import { strictFaults } from "./strict.ts";

const NAME = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,39}$/,
    "must be lower case letters, digits and underscores, begin with a letter, and have at most 40 of them",
  );

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

const definition = z.strictObject({
  name: NAME,
  title: z.string().min(1),
  description: z.string().optional(),
  retired: z.string().min(1).optional(),
  source: httpSource,
  alternatives: z.record(NAME, httpSource).optional(),
  partitions: z.record(z.string(), z.union([z.array(z.string().min(1)).min(1), partitionOrigin])),
  schema: z.record(z.string(), column),
  key: z.array(z.string()).min(1),
  cursor: z.string(),
  calendar: z.union([customShape, z.enum(CALENDARS)]),
  backfillFrom: z.string().refine((value) => !Number.isNaN(startOfDate(value)), "must be a day, YYYY-MM-DD"),
  checks: z
    .array(
      z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("record"), name: z.string(), columns: z.array(z.string()), test: fn }),
        z.strictObject({ kind: z.literal("freshness"), name: z.string(), limit: z.number() }),
      ]),
    )
    .optional(),
  schedule: z.strictObject({ cron: z.string(), timeZone: z.string() }).optional(),
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
  for (const [path, source] of Object.entries(sourcesOf(input)))
    if (isObject(source))
      faults.push(...windowFaults(`${path}.windows`, source, input, sound), ...batchFaults(path, source, sound));
  if (sound("calendar") && typeof input.calendar === "object") faults.push(...customFaults(input.calendar));
  if (sound("schedule") && input.schedule) faults.push(...scheduleFaults(input.schedule));
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

/** The sources by their path. */
const sourcesOf = ({ source, alternatives = {} }: Definition): Record<string, HttpSource> => ({
  source,
  ...Object.fromEntries(Object.entries(alternatives).map(([name, one]) => [`alternatives.${name}`, one])),
});

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
  if (sound("cursor") && sound(`schema.${input.cursor}`))
    faults.push(...timeColumnFaults("cursor", input.cursor, input));
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
  if (!isValues(values)) return [...faults, ...originFaults(`partitions.${field}`, values, input)];
  const repeated = values.filter((value, i) => values.indexOf(value) !== i);
  if (repeated.length) faults.push({ path: `partitions.${field}`, problem: "has a value twice", value: repeated });
  return faults;
}

const isValues = (given: readonly string[] | PartitionOrigin): given is readonly string[] => Array.isArray(given);

function originFaults(path: string, origin: PartitionOrigin, { name, after = [] }: Definition): Fault[] {
  if (origin.kind !== "rows") return [];
  if (origin.dataset === name) return [{ path, problem: "takes its values from the dataset itself", value: name }];
  if (after.includes(origin.dataset)) return [];
  return [
    {
      path,
      problem: "takes its values from a dataset that it does not follow",
      value: origin.dataset,
      fix: `write after: ${JSON.stringify([...after, origin.dataset])}`,
    },
  ];
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

function windowFaults(path: string, { windows }: HttpSource, input: Definition, sound: Sound): Fault[] {
  if (!sound(path) || !isObject(windows)) return [];
  const faults: Fault[] = [];
  const { step, granularity, lookback, over, snapshot } = windows;
  for (const [field, value] of Object.entries({ step, lookback }))
    if (value && milliseconds(value) % milliseconds(granularity) !== 0)
      faults.push({ path: `${path}.${field}`, problem: `is no multiple of the granularity ${granularity}`, value });
  if (snapshot && milliseconds(step) > milliseconds(granularity))
    faults.push({
      path: `${path}.step`,
      problem: "is more than one bucket, but a snapshot knows only the present one",
      value: step,
      allowed: granularity,
    });
  for (const field of ["lookback", "restatedBy"] as const)
    if (snapshot && windows[field] !== undefined)
      faults.push({ path: `${path}.${field}`, problem: "cannot be: a snapshot has no past to ask for" });
  if (over !== undefined && sound("schema") && isObject(input.schema))
    faults.push(...timeColumnFaults(`${path}.over`, over, input));
  return faults;
}

/** A column that must be there and tell a time. */
function timeColumnFaults(path: string, name: string, { schema }: Definition): Fault[] {
  const kind = schema[name]?.kind;
  if (kind === undefined) return [unknownName(path, "names no column", name, Object.keys(schema))];
  if (kind === "date" || kind === "timestamp") return [];
  return [{ path, problem: `names a ${kind} column`, value: name, allowed: "a date or timestamp column" }];
}

function batchFaults(path: string, { batch = 1, pages }: HttpSource, sound: Sound): Fault[] {
  if (!sound(`${path}.batch`) || !sound(`${path}.pages`) || batch === 1 || pages?.kind !== "export") return [];
  return [{ path: `${path}.batch`, problem: "cannot be with an export, which has one file for all", value: batch }];
}
