import { Console } from "node:console";
import { join } from "node:path";
import { Command, CommanderError, Option } from "commander";
import { rules } from "../policies/rules/index.ts";
import { UserError } from "../runtime/dataset/errors.ts";
import { parseUsage, type Usage } from "./cost/usage.ts";
import { estimateCost } from "./cost.ts";
import { compareCosts } from "./cost-compare.ts";
import { comparisonText, costSummary, costText } from "./cost-text.ts";
import { checkPolicies } from "./policy.ts";
import { policySummary, policyText } from "./policy-text.ts";
import { recordStack } from "./program.ts";
import type { Mode, Recording } from "./record.ts";
import { resourceTree, treeText } from "./tree.ts";

/** What a command has to say: for people, for programs, and whether all is well. */
interface Answer {
  readonly text: string;
  readonly json: unknown;
  readonly isFine: boolean;
}

interface Options {
  readonly stack: string;
  readonly folder: string;
  readonly json: boolean;
}

const PROJECT_FOLDER = join(import.meta.dirname, "..");

async function tree(options: Options): Promise<Answer> {
  const root = resourceTree((await record(options, "preview")).resources);
  return { text: treeText(root), json: root, isFine: true };
}

async function policy(options: Options): Promise<Answer> {
  const verdict = await checkPolicies(rules, [await record(options, "preview"), await record(options, "update")]);
  return { text: policyText(verdict), json: verdict, isFine: verdict.passed };
}

interface PlanOptions extends Options {
  readonly assume: string[];
  readonly compare?: string;
}

async function plan(options: PlanOptions, usage: Usage): Promise<Answer> {
  const recording = await record(options, "update");
  const root = resourceTree(recording.resources);
  const cost = estimateCost(recording, usage);
  const answer = { stack: recording.stack, resources: root, cost };
  if (options.compare === undefined)
    return { text: `${treeText(root)}\n\n${costText(cost)}`, json: answer, isFine: true };
  const other = estimateCost(await record({ ...options, stack: options.compare }, "update"), usage);
  const comparison = compareCosts(cost, other);
  return { text: comparisonText(comparison), json: { ...answer, comparison }, isFine: true };
}

/** All that `npm start` shows of the cloud program, evaluated once. */
async function overview(options: Options): Promise<Answer> {
  const [preview, update] = [await record(options, "preview"), await record(options, "update")];
  const verdict = await checkPolicies(rules, [preview, update]);
  const cost = estimateCost(update, parseUsage([]));
  const failed = verdict.rules.filter(({ result }) => result === "failed" || result === "could not run").length;
  const text = [treeText(resourceTree(preview.resources)), "", policySummary(verdict), costSummary(cost)].join("\n");
  const policy = { passed: verdict.rules.length - failed, failed };
  return { text, json: { text, policy, monthlyCostUsd: cost.total }, isFine: verdict.passed };
}

const record = ({ folder, stack }: Options, mode: Mode): Promise<Recording> => recordStack({ folder, stack, mode });

async function say(answering: Promise<Answer>, { json }: Options): Promise<void> {
  const answer = await answering;
  process.stdout.write(`${json ? JSON.stringify(answer.json, null, 2) : answer.text}\n`);
  if (!answer.isFine) process.exitCode = 1;
}

function commandLine(): Command {
  const program = new Command("node offline/main.ts")
    .description("Evaluates the Pulumi program of a stack without the Pulumi CLI, an account or the network.")
    .exitOverride();
  const add = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option("--stack <name>", "the stack, as in Pulumi.<name>.yaml", "dev")
      .option("--json", "print one JSON document", false)
      .addOption(new Option("--folder <path>", "the folder with Pulumi.yaml").default(PROJECT_FOLDER, "this project"));
  add("tree", "the resources by component").action((options: Options) => say(tree(options), options));
  add("policy", "what the policy pack says, before and after a deployment; exit code 1 when it refuses").action(
    (options: Options) => say(policy(options), options),
  );
  add("overview", "resources, policy verdict and monthly cost in short").action((options: Options) =>
    say(overview(options), options),
  );
  add("plan", "the resources and what they cost in a month")
    .option(
      "--assume <name=number...>",
      "change an assumption of the estimate",
      (text, all: string[]) => [...all, text],
      [],
    )
    .option("--compare <name>", "show what another stack costs beside it")
    .action(async (options: PlanOptions) => say(plan(options, usageOf(program, options.assume)), options));
  return program;
}

function usageOf(program: Command, assumptions: readonly string[]): Usage {
  try {
    return parseUsage(assumptions);
  } catch (error) {
    if (error instanceof UserError) return program.error(error.message, { exitCode: 2 });
    throw error;
  }
}

// What the evaluated program itself prints must not end up in the middle of a document.
globalThis.console = new Console({ stdout: process.stderr, stderr: process.stderr });

try {
  await commandLine().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    const isMistake = error instanceof UserError;
    process.stderr.write(`${isMistake ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
}
