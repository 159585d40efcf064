import { Command, CommanderError } from "commander";
import { evaluateOffline } from "./offline.ts";
import { printUserError } from "./terminal/errors.ts";
import { UsageError } from "./usage.ts";

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

const DATA = ["--data <folder>", "the local folder: lake, warehouse, database, report", ".tidegate"] as const;
const DATASETS = ["--datasets <folder>", "definitions in another folder than the project's datasets/"] as const;
const JSON_OUTPUT = ["--json", "print one JSON document for programs to read"] as const;
const STACK = ["--stack <name>", "the environment, as in Pulumi.<name>.yaml", "dev"] as const;

const gather = (value: string, before: readonly string[]): string[] => [...before, value];

/** The `tidegate` command. Exit code 0: done, 1: failed, 2: wrong usage. */
export async function main(args: readonly string[]): Promise<number> {
  let code = DONE;
  const program = new Command("tidegate")
    .description("Brings market data into your own AWS account, or into a folder, and keeps it right.")
    .option("--verbose", "show the stack of an error that is no mistake of yours")
    .exitOverride()
    .showHelpAfterError("(add --help for what there is)");

  // Each command is loaded when it is called: the databases and Pulumi are large.
  program
    .command("run [dataset...]")
    .description("extract, process, load and publish datasets into the local folder (all when none is named)")
    .option(...DATA)
    .option(...DATASETS)
    .option("--until <date>", "ask for nothing after this day, YYYY-MM-DD")
    .option(...JSON_OUTPUT)
    .action(async (names, options) => {
      code = await (await import("./commands/run.ts")).run(names, options);
    });
  program
    .command("status")
    .description("what the last run of each dataset left behind")
    .option(...DATA)
    .option(...DATASETS)
    .option(...JSON_OUTPUT)
    .action(async (options) => {
      code = await (await import("./commands/status.ts")).status(options);
    });
  program
    .command("sql <query>")
    .description("ask the local warehouse, read-only")
    .option(...DATA)
    .option(...JSON_OUTPUT)
    .addHelpText(
      "after",
      '\nExample:\n  tidegate sql "select ticker, count(*), min(date), max(date) from daily_prices group by 1"',
    )
    .action(async (query, options) => {
      code = await (await import("./commands/sql.ts")).sql(query, options);
    });
  program
    .command("plan")
    .description("the resources of a stack and what they cost a month, without an account")
    .option(...STACK)
    .option("--compare <name>", "show what another stack costs beside it")
    .option("--assume <name=number...>", "change assumptions of the estimate, such as storedGb=50", gather, [])
    .option(...JSON_OUTPUT)
    .addHelpText("after", "\nExample:\n  tidegate plan --stack dev --compare prod --assume storedGb=50")
    .action(async ({ stack, compare, assume, json }) => {
      const assumptions = assume.flatMap((text: string) => ["--assume", text]);
      const others = [...(compare ? ["--compare", compare] : []), ...assumptions, ...(json ? ["--json"] : [])];
      code = (await evaluateOffline(["plan", "--stack", stack, ...others], "show")).code;
    });
  program
    .command("policy")
    .description("check a stack's resources against the policy pack, without an account")
    .option(...STACK)
    .option(...JSON_OUTPUT)
    .action(async ({ stack, json }) => {
      code = (await evaluateOffline(["policy", "--stack", stack, ...(json ? ["--json"] : [])], "show")).code;
    });

  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE;
    printUserError(process.stderr, error, { verbose: program.opts().verbose === true });
    return error instanceof UsageError ? WRONG_USAGE : FAILED;
  }
}
