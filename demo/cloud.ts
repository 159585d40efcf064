import { evaluateOffline } from "../runtime/cli/offline.ts";

export interface CloudVerdict {
  readonly passed: boolean;
  readonly policy: { readonly passed: number; readonly failed: number } | undefined;
  readonly monthlyCostUsd: number | undefined;
}

interface Overview {
  readonly text: string;
  readonly policy: { readonly passed: number; readonly failed: number };
  readonly monthlyCostUsd: number;
}

/** Evaluates index.ts for the stack and shows its resources, the policy verdict and what it would cost. */
export async function showCloudProgram(stack: string, say: (text: string) => void): Promise<CloudVerdict> {
  const { code, output } = await evaluateOffline(["overview", "--stack", stack, "--json"], "collect");
  if (!output) return { passed: false, policy: undefined, monthlyCostUsd: undefined };
  const { text, policy, monthlyCostUsd } = JSON.parse(output) as Overview;
  say(text);
  return { passed: code === 0, policy, monthlyCostUsd };
}
