import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { messageOf, UserError } from "../dataset/errors.ts";

/** What commands read of a stack's outputs; docs/outputs.md has all of them. */
const OUTPUTS = z.object({ outputsVersion: z.literal(1), region: z.string(), lakeUrl: z.string().startsWith("s3://") });

export type StackOutputs = z.infer<typeof OUTPUTS>;

/**
 * The outputs of a deployed stack, from the Pulumi CLI.
 * @throws UserError when there is no CLI, no such stack, or a stack of another version
 */
export async function stackOutputs(stack: string): Promise<StackOutputs> {
  const text = await pulumi(["stack", "output", "--json", "--stack", stack]);
  const read = OUTPUTS.safeParse(JSON.parse(text));
  if (read.success) return read.data;
  throw refusal(stack, `its outputs are not what this version reads (${z.prettifyError(read.error)})`, "run pulumi up");
}

async function pulumi(args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)("pulumi", args)).stdout;
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    const stack = args.at(-1) ?? "";
    if (code === "ENOENT") throw refusal(stack, "there is no Pulumi CLI", "install it, or name the lake with --lake");
    throw refusal(stack, stderr?.trim() || messageOf(error), "pulumi login, and deploy the stack with pulumi up");
  }
}

const refusal = (stack: string, problem: string, fix: string): UserError =>
  new UserError("the stack cannot be asked:", [{ path: "--stack", problem, value: stack, fix }]);
