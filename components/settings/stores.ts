import { z } from "zod";
import { flag, text } from "./values.ts";

const capacity = z
  .int()
  .min(8)
  .max(512)
  .refine((units) => units % 8 === 0, "is no capacity of Redshift Serverless: 8 to 512 RPU in steps of 8");
const gigabytes = z.int().min(20).max(65_536);

/** Settings: warehouse and database. */
export const stores = {
  warehouse: z
    .enum(["none", "serverless", "provisioned"])
    .default("none")
    .describe(
      "Redshift. `serverless` costs while it is used, 0.375 USD per RPU and hour; `provisioned` as long as it exists, from 396 USD a month",
    ),
  warehouseBaseCapacity: capacity.default(8).describe("RPU that a query of a serverless warehouse begins with"),
  warehouseMaxCapacity: capacity.optional().describe("RPU that it may grow to; left out, `warehouseBaseCapacity`"),
  warehouseRpuHours: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(60)
    .describe("RPU hours of a month after which a serverless warehouse refuses queries until the next; 0 for no limit"),
  warehouseNodeType: z
    .enum(["ra3.large", "ra3.xlplus", "ra3.4xlarge", "ra3.16xlarge"])
    .default("ra3.large")
    .describe("Machines of a provisioned warehouse"),
  warehouseNodes: z.int().min(1).max(128).default(1).describe("Number of machines of a provisioned warehouse"),
  warehouseMultiZone: flag.default(false).describe("Whether a provisioned warehouse is in two zones"),
  database: z
    .enum(["none", "postgres"])
    .default("none")
    .describe("RDS. `postgres` costs as long as it exists, from 14 USD a month"),
  databaseClass: text
    .regex(/^db\.[a-z0-9]+\.[a-z0-9]+$/, "is no class of instances, such as db.t4g.micro")
    .default("db.t4g.micro")
    .describe("Machine of the database"),
  databaseStorage: gigabytes.default(20).describe("GB to begin with"),
  databaseMaxStorage: gigabytes.default(100).describe("GB that it may grow to by itself"),
  databaseMultiZone: flag.default(false).describe("Whether there is a standby in another zone, for twice the price"),
  databaseProxy: flag
    .default(false)
    .describe("Whether a proxy keeps connections open, for many tasks at once; 22 USD a month"),
  databaseBackupDays: z.int().min(7).max(35).default(7).describe("Days that backups are kept"),
  loadMissing: z
    .enum(["refuse", "skip"])
    .default("refuse")
    .describe(
      "What becomes of a dataset that loads into a warehouse or database that the stack does not have: the stack is refused, or the load is skipped",
    ),
};
