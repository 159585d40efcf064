import type { Command } from "commander";
import { DATA, DATASETS, type Ended, examples, gather, JSON_OUTPUT, LAKE, STACK_LAKE } from "./options.ts";

/** Commands that fill the local folder and look into it. */
export function addLocalCommands(program: Command, ended: Ended): void {
  const run = program
    .command("run [dataset...]")
    .description("extract, process, load and publish datasets into the local folder (all when none is named)")
    .option(...DATA)
    .option(...DATASETS)
    .option("--until <date>", "ask for nothing after this day, YYYY-MM-DD")
    .option("--source <dataset=name>", "take another of a dataset's sources, such as daily_prices=alpaca", gather, [])
    .option("--source-url <url>", "ask another server; dataset=url when several are run", gather, [])
    .option(...JSON_OUTPUT)
    .action(async (names, options) => ended(await (await import("../commands/run.ts")).run(names, options)));
  examples(
    run,
    "tidegate run",
    "tidegate run daily_prices --until 2024-06-28 --source daily_prices=alpaca",
    "tidegate run daily_prices --source-url http://127.0.0.1:4400",
  );
  const status = program
    .command("status")
    .description("what the last run of each dataset left behind")
    .option(...DATA)
    .option(...LAKE)
    .option(...STACK_LAKE)
    .option(...DATASETS)
    .option(...JSON_OUTPUT)
    .action(async (options) => ended(await (await import("../commands/status.ts")).status(options)));
  examples(status, "tidegate status --json", "tidegate status --stack prod");
  const sql = program
    .command("sql <query>")
    .description("ask the local warehouse, read-only")
    .option(...DATA)
    .option(...JSON_OUTPUT)
    .action(async (query, options) => ended(await (await import("../commands/sql.ts")).sql(query, options)));
  examples(sql, 'tidegate sql "select ticker, count(*), min(date), max(date) from daily_prices group by 1"');
}
