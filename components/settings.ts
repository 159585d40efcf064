import { z } from "zod";
import { type Fault, UserError, unknownName } from "../runtime/dataset/errors.ts";
import { strictFaults } from "../runtime/dataset/strict.ts";
import { privateRange } from "./address-range.ts";
import { NODE_IMAGE } from "./image.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const text = z.string();
const tag = text.regex(/^[\p{L}\p{N} _.:/=+@-]{1,256}$/u, "has characters that a tag cannot have");

/** What a stack can be told in Pulumi.<stack>.yaml; Pulumi.yaml declares the same keys with the same defaults. */
export const settingsSchema = z.strictObject({
  /** Where the lake begins in its bucket. */
  lakePrefix: text
    .regex(/^[a-z0-9_-]+(\/[a-z0-9_-]+)*$/, "is no prefix: lower case letters, digits, - and _, parts joined by /")
    .default("lake"),
  /** Address range of the network. */
  networkCidr: text
    .refine(
      (cidr) => privateRange(cidr, { longest: 16, shortest: 24 }),
      "is no private range of /16 to /24, such as 10.40.0.0/16",
    )
    .default("10.40.0.0/16"),
  /** Availability zones. */
  networkZones: z.int().min(1).max(3).default(2),
  /** How tasks reach the internet, see `Nat`. */
  networkNat: z.enum(["none", "single", "perZone"]).default("single"),
  logRetentionDays: z
    .int()
    .refine((days) => RETENTION_DAYS.includes(days), `is not one of ${RETENTION_DAYS.join(", ")}`)
    .default(90),
  /** Gets a mail for each alarm; empty for nobody. */
  alertEmail: z.union([z.literal(""), z.email("is no mail address")]).default(""),
  /** The Node image of tasks, see image.ts. */
  image: text
    .regex(/^[^\s@]+@sha256:[0-9a-f]{64}$/, "is no image with a digest: name:tag@sha256:…")
    .default(NODE_IMAGE),
  architecture: z.enum(["arm64", "x86_64"]).default("arm64"),
  /** Whether schedules start anything. */
  schedulesEnabled: z.boolean().default(true),
  /** Whether data may be destroyed together with the stack. */
  disposable: z.boolean().default(false),
  /** Tags of every resource. */
  owner: tag.default("data-platform"),
  costCenter: tag.default("market-data"),
  dataClass: z.enum(["public", "internal", "confidential"]).default("internal"),
  /** `dataset=URL`: asked instead of the source's own base URL, for mirrors and tests. */
  sourceUrls: z.array(text.regex(/^[a-z0-9_]+=https?:\/\/\S+$/, "is not dataset=URL")).default([]),
});

/** Settings of a stack, checked, with their defaults. */
export type Settings = Omit<z.infer<typeof settingsSchema>, "sourceUrls"> & {
  /** Base URL by dataset. */
  readonly sourceUrls: Readonly<Record<string, string>>;
};

/**
 * Reads the settings of a stack.
 * @param config all of the stack's configuration by full name, as `pulumi.runtime.allConfig()` gives it
 * @param datasets names of the datasets that there are
 * @throws UserError with everything that is wrong
 */
export function readSettings(
  config: Readonly<Record<string, string>>,
  project: string,
  datasets: readonly string[],
): Settings {
  const given = Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(`${project}:`))
      .map(([key, value]) => [key.slice(project.length + 1), value] as const)
      .map(([key, value]) => [key, decode(key, value)]),
  );
  const faults = strictFaults(settingsSchema, given);
  const parsed = settingsSchema.safeParse(given);
  const urls = Object.entries(sourceUrlsOf(given.sourceUrls));
  faults.push(...urls.flatMap(([dataset]) => unknownDataset(dataset, datasets)));
  if (faults.length > 0 || !parsed.success) throw new UserError(`the configuration of this stack is wrong:`, faults);
  return { ...parsed.data, sourceUrls: Object.fromEntries(urls) };
}

/** Pulumi hands every value over as text: objects, lists, numbers and booleans as JSON. */
function decode(key: string, value: string): unknown {
  const shape: Readonly<Record<string, z.ZodType>> = settingsSchema.shape;
  if (shape[key]?.safeParse(value).success) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const sourceUrlsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    (Array.isArray(value) ? value : []).flatMap((entry) => {
      const [, dataset, url] = /^(\w+)=(.+)$/.exec(String(entry)) ?? [];
      return dataset && url ? [[dataset, url]] : [];
    }),
  );

const unknownDataset = (dataset: string, datasets: readonly string[]): Fault[] =>
  datasets.includes(dataset) ? [] : [unknownName("sourceUrls", "names no dataset", dataset, datasets)];
