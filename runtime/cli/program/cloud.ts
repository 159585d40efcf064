import type { Command } from "commander";
import { evaluateOffline } from "../offline.ts";
import { type Ended, examples, gather, JSON_OUTPUT, STACK } from "./options.ts";

/** Commands about a stack, without an account. */
export function addCloudCommands(program: Command, ended: Ended): void {
  const plan = program
    .command("plan")
    .description("the resources of a stack and what they cost a month, without an account")
    .option(...STACK)
    .option("--compare <name>", "show what another stack costs beside it")
    .option("--assume <name=number...>", "change assumptions of the estimate, such as storedGb=50", gather, [])
    .option(...JSON_OUTPUT)
    .action(async ({ stack, compare, assume, json }) => {
      const assumptions = assume.flatMap((text: string) => ["--assume", text]);
      const others = [...(compare ? ["--compare", compare] : []), ...assumptions, ...(json ? ["--json"] : [])];
      ended((await evaluateOffline(["plan", "--stack", stack, ...others], "show")).code);
    });
  examples(plan, "tidegate plan --stack dev --compare prod --assume storedGb=50");
  const policy = program
    .command("policy")
    .description("check a stack's resources against the policy pack, without an account")
    .option(...STACK)
    .option(...JSON_OUTPUT)
    .action(async ({ stack, json }) => {
      ended((await evaluateOffline(["policy", "--stack", stack, ...(json ? ["--json"] : [])], "show")).code);
    });
  examples(policy, "tidegate policy --stack prod");
}
