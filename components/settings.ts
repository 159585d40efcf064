import { Region } from "@pulumi/aws";
import type { z } from "zod";
import { unknownName } from "../runtime/dataset/errors.ts";
import { type Dataset, type Fault, UserError } from "../runtime/dataset/index.ts";
import { strictFaults } from "../runtime/dataset/strict.ts";
import { betweenFaults } from "./settings/between.ts";
import { choiceFaults, chosenDatasets } from "./settings/dataset-choice.ts";
import { togetherFaults } from "./settings/dataset-faults.ts";
import { settingsSchema, type WrittenSettings } from "./settings/schema.ts";
import { sourceUrlsOf } from "./settings/source-urls.ts";

/** Settings of a stack, checked, with their defaults. */
export type Settings = Omit<WrittenSettings, "datasets" | "sources" | "sourceUrls"> & {
  /** Those that the stack deploys, each with the source that is asked. */
  readonly datasets: readonly Dataset[];
  /** Base URL by dataset. */
  readonly sourceUrls: Readonly<Record<string, string>>;
};

const SHAPE: Readonly<Record<string, z.ZodType>> = settingsSchema.shape;
const DEFAULTS = settingsSchema.parse({});

/**
 * Reads the settings of a stack.
 * @param config all of the stack's configuration by full name, as `pulumi.runtime.allConfig()` gives it
 * @param datasets all that there are
 * @throws UserError with everything that is wrong with the settings, the datasets together, and both with each other
 */
export function readSettings(
  config: Readonly<Record<string, string>>,
  project: string,
  datasets: readonly Dataset[],
): Settings {
  const given = Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(`${project}:`))
      .map(([key, value]) => [key.slice(project.length + 1), value] as const)
      .map(([key, value]) => [key, decode(key, value)]),
  );
  const settings = soundParts(given);
  const chosen = chosenDatasets(settings, datasets);
  const own = strictFaults(settingsSchema, given);
  const faults = [
    ...own,
    ...regionFaults(config["aws:region"]),
    ...[...choiceFaults(settings, datasets), ...betweenFaults(settings, chosen)].filter(
      ({ path }) => !own.some((fault) => keyOf(fault) === keyOf({ path })),
    ),
    ...togetherFaults(datasets),
  ];
  if (faults.length > 0) throw new UserError("the configuration of this stack is wrong:", faults);
  const { sources: _, ...rest } = settings;
  return { ...rest, datasets: chosen, sourceUrls: sourceUrlsOf(settings.sourceUrls) };
}

/** The setting that a fault is about. */
const keyOf = ({ path }: Pick<Fault, "path">): string => /^\w*/.exec(path)?.[0] ?? "";

/** Pulumi hands every value over as text: objects, lists, numbers and booleans as JSON. */
function decode(key: string, value: string): unknown {
  if (SHAPE[key]?.safeParse(value).success) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** The settings, with the default for each that has a fault of its own, so that the others can still be compared. */
function soundParts(given: Readonly<Record<string, unknown>>): WrittenSettings {
  const sound = Object.entries(given).flatMap(([key, value]) => {
    const parsed = SHAPE[key]?.safeParse(value);
    return parsed?.success ? [[key, parsed.data] as const] : [];
  });
  return { ...DEFAULTS, ...Object.fromEntries(sound) };
}

function regionFaults(region: string | undefined): Fault[] {
  const known: readonly string[] = Object.values(Region);
  return region === undefined || known.includes(region)
    ? []
    : [unknownName("aws:region", "is no region of AWS", region, known)];
}
