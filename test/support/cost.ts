import assert from "node:assert/strict";
import { parseUsage } from "../../offline/cost/usage.ts";
import { type CostEstimate, estimateCost } from "../../offline/cost.ts";
import { recordProgram } from "../../offline/record.ts";

/** What a program costs that is given as a function. */
export async function estimate(
  program: () => unknown,
  assumed: readonly string[] = [],
  region = "us-east-1",
): Promise<CostEstimate> {
  const recording = await recordProgram({
    program: async () => {
      program();
    },
    project: "shop",
    stack: "dev",
    config: { "aws:region": region },
    mode: "update",
  });
  return estimateCost(recording, parseUsage(assumed));
}

/** Equal but for what adding floating-point numbers leaves. */
export const near = (actual: number, expected: number): void =>
  assert(Math.abs(actual - expected) < 1e-9 * Math.max(1, expected), `${actual} is not ${expected}`);
