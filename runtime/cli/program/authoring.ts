import type { Command } from "commander";
import { DATA, DATASETS, type Ended, examples, gather, JSON_OUTPUT, LAKE, STACK_LAKE } from "./options.ts";

/** Commands for whoever writes a definition. */
export function addAuthoringCommands(program: Command, ended: Ended): void {
  const draft = program
    .command("new <name>")
    .description("draft a definition from a sample of the source, for you to finish")
    .requiredOption(
      "--from <url|file>",
      "a URL that answers with data, or a file with an answer: JSON, NDJSON, CSV, ZIP of CSV",
    )
    .option("--header <name: value>", "a header of the request; a secret is used, and not written", gather, [])
    .option("--body <json|@file>", "ask with POST and this JSON")
    .option("--graphql <query|@file>", "ask with POST and this query")
    .option("--variables <json|@file>", "of the query")
    .option(...DATASETS)
    .option(...JSON_OUTPUT)
    .action(async (name, options) => ended(await (await import("../commands/new.ts")).newDataset(name, options)));
  examples(
    draft,
    "tidegate new coinbase_stats --from https://api.exchange.coinbase.com/products/BTC-USD/stats",
    'tidegate new prices --from "https://api.tiingo.com/tiingo/daily/aapl/prices?startDate=2024-01-02" --header "Authorization: Token $TIINGO_TOKEN"',
    'tidegate new posts --from https://api.producthunt.com/v2/api/graphql --graphql @posts.graphql --header "Authorization: Bearer $PRODUCT_HUNT_TOKEN"',
  );
  const check = program
    .command("check <dataset>")
    .description("ask a dataset's source for one page and show what would be stored; stores nothing of it")
    .option("--partition <value>", "which one; the first when it is left out")
    .option("--from <date>", "first day of the window; the newest window when it is left out")
    .option("--source <name>", "another of the dataset's sources")
    .option("--source-url <url>", "ask another server")
    .option("--rows <number>", "rows that are shown at most", "10")
    .option(...DATA)
    .option(...LAKE)
    .option(...STACK_LAKE)
    .option(...DATASETS)
    .option(...JSON_OUTPUT)
    .action(async (name, options) => ended(await (await import("../commands/check.ts")).check(name, options)));
  examples(check, "tidegate check coinbase_candles --partition BTC-USD");
  const replay = program
    .command("replay [dataset...]")
    .description("serve the recorded raw of the local folder as the sources would, until you end it")
    .option("--port <number>", "the port on this machine", "4400")
    .option(...DATA)
    .option(...LAKE)
    .option(...DATASETS)
    .option("--json", "print one JSON line when it is ready, and one for each request")
    .action(async (names, options) => ended(await (await import("../commands/replay.ts")).replay(names, options)));
  examples(replay, "tidegate replay daily_prices --port 4400");
}
