import { Command, CommanderError } from "commander";
import { addAuthoringCommands } from "./program/authoring.ts";
import { addCloudCommands } from "./program/cloud.ts";
import { addCoverageCommands } from "./program/coverage.ts";
import { addLocalCommands } from "./program/local.ts";
import { addRawCommands } from "./program/raw.ts";
import { printUserError } from "./terminal/errors.ts";
import { UsageError } from "./usage.ts";

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

/** The `tidegate` command. Exit code 0: done, 1: failed, 2: wrong usage. */
export async function main(args: readonly string[]): Promise<number> {
  let code = DONE;
  const ended = (result: number): void => {
    code = result;
  };
  const program = new Command("tidegate")
    .description("Brings market data into your own AWS account, or into a folder, and keeps it right.")
    .option("--verbose", "show the stack of an error that is no mistake of yours")
    .exitOverride()
    .showHelpAfterError("(add --help for what there is)");
  // Each command is loaded when it is called: the databases and Pulumi are large.
  for (const add of [addLocalCommands, addCoverageCommands, addAuthoringCommands, addRawCommands, addCloudCommands])
    add(program, ended);
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE;
    printUserError(process.stderr, error, { verbose: program.opts().verbose === true });
    return error instanceof UsageError ? WRONG_USAGE : FAILED;
  }
}
