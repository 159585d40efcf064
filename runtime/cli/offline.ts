import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../offline/main.ts", import.meta.url));

export interface OfflineResult {
  readonly code: number;
  /** What it printed, when it was collected. */
  readonly output: string;
}

/**
 * Evaluates the Pulumi program of a stack without CLI or account, in a process of its own, for Pulumi is large and keeps
 * its state in globals.
 * @param output show it as it comes, or collect it
 */
export async function evaluateOffline(args: readonly string[], output: "show" | "collect"): Promise<OfflineResult> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ["ignore", output === "show" ? "inherit" : "pipe", "inherit"],
  });
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return { code: code ?? 1, output: Buffer.concat(chunks).toString("utf8") };
}
