import type { Command } from "commander";
import { DATA, DATASETS, type Ended, examples, JSON_OUTPUT, LAKE, names, STACK_LAKE } from "./options.ts";

/** Commands about what is there, what is missing and what is wanted. */
export function addCoverageCommands(program: Command, ended: Ended): void {
  const gaps = program
    .command("gaps [dataset...]")
    .description(
      "what is missing of each partition by its calendar, what was confirmed to be empty, and what has ended",
    )
    .option(...DATA)
    .option(...LAKE)
    .option(...STACK_LAKE)
    .option(...DATASETS)
    .option("--fail", "exit with 1 when there are gaps")
    .option(...JSON_OUTPUT)
    .action(async (named, options) => ended(await (await import("../commands/gaps.ts")).gaps(named, options)));
  examples(gaps, "tidegate gaps daily_prices", "tidegate gaps --fail --json", "tidegate gaps --stack prod");
  const backfill = program
    .command("backfill <dataset>")
    .description("ask for a stretch of time of a dataset, in the local folder")
    .option("--from <date>", "first day, YYYY-MM-DD; the dataset's backfillFrom when it is left out")
    .option("--to <date>", "last day, included; the last complete one when it is left out")
    .option("--partitions <a,b>", "only these partitions", names)
    .option("--again", "ask also for what is there already, after a correction")
    .option("--stack <name>", "run nothing: print what starts it in the cloud")
    .option(...DATA)
    .option(...DATASETS)
    .option(...JSON_OUTPUT)
    .action(async (name, options) => ended(await (await import("../commands/backfill.ts")).backfill(name, options)));
  examples(
    backfill,
    "tidegate backfill daily_prices --from 2020-01-01 --to 2020-12-31 --partitions AAPL,MSFT --again",
    "tidegate backfill daily_prices --from 2020-01-01 --stack prod",
  );
  const request = program
    .command("request <dataset> [value...]")
    .description("queue partitions of a dataset that is brought in on demand")
    .option("--list", "show what is queued")
    .option(...DATA)
    .option(...LAKE)
    .option(...STACK_LAKE)
    .option(...DATASETS)
    .option(...JSON_OUTPUT)
    .action(async (name, values, options) =>
      ended(await (await import("../commands/request.ts")).request(name, values, options)),
    );
  examples(
    request,
    "tidegate request crunchbase_organizations tesla stripe",
    "tidegate request crunchbase_organizations --list",
  );
}
