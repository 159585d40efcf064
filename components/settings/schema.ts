import { z } from "zod";
import { access } from "./access.ts";
import { alerts } from "./alerts.ts";
import { general } from "./general.ts";
import { lake } from "./lake.ts";
import { network } from "./network.ts";
import { stores } from "./stores.ts";
import { tasks } from "./tasks.ts";

/** The settings by part of the platform, in the order of docs/settings.md. */
export const SETTINGS = {
  "The stack": general,
  "Data lake": lake,
  Network: network,
  "Datasets and tasks": tasks,
  "Warehouse and database": stores,
  Alerts: alerts,
  Access: access,
} as const satisfies Record<string, Readonly<Record<string, z.ZodType>>>;

/** What a stack can be told in Pulumi.<stack>.yaml. */
export const settingsSchema = z.strictObject({
  ...general,
  ...lake,
  ...network,
  ...tasks,
  ...stores,
  ...alerts,
  ...access,
});

/** The settings as they are written, with their defaults. */
export type WrittenSettings = z.infer<typeof settingsSchema>;
