import { z } from "zod";
import { flag } from "./values.ts";

const mail = z.email("is no mail address");

/** Settings: who is told what. */
export const alerts = {
  alertEmails: z.array(mail).max(10).default([]).describe("Get a mail for each alarm, and for the budget; at most 10"),
  budgetUsd: z
    .number()
    .min(0)
    .default(0)
    .describe("What the platform may cost in a month before somebody is told, in USD; 0 for no budget"),
  dashboard: flag.default(true).describe("Whether there is a dashboard; the first three of an account are free"),
};
