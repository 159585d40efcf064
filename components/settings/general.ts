import { z } from "zod";
import { flag, tag } from "./values.ts";

/** Settings: the stack as a whole. */
export const general = {
  disposable: flag.default(false).describe("Whether data may be destroyed together with the stack"),
  owner: tag.default("data-platform").describe("Value of the tag Owner on every resource"),
  costCenter: tag.default("market-data").describe("Value of the tag CostCenter on every resource"),
  dataClass: z
    .enum(["public", "internal", "confidential"])
    .default("internal")
    .describe("Value of the tag DataClass on every resource"),
};
