import type { Command } from "commander";
import { DATA, DATASETS, type Ended, examples, JSON_OUTPUT, LAKE } from "./options.ts";

/** Commands about raw that is there already. */
export function addRawCommands(program: Command, ended: Ended): void {
  const process = program
    .command("process [dataset...]")
    .description("process raw that has no Parquet yet, or that an older definition made, and load it; asks no source")
    .option(...DATA)
    .option(...DATASETS)
    .option(...JSON_OUTPUT)
    .action(async (names, options) => ended(await (await import("../commands/process.ts")).processRaw(names, options)));
  examples(process, "tidegate process daily_prices");
  const clear = program
    .command("clear-raw <dataset...>")
    .description("delete the raw of datasets; without --yes only show what would be deleted")
    .option("--yes", "delete it")
    .option("--force", "delete also what is not processed yet, and can then only be fetched again")
    .option(...DATA)
    .option(...DATASETS)
    .option(...JSON_OUTPUT)
    .action(async (names, options) => ended(await (await import("../commands/clear-raw.ts")).clearRaw(names, options)));
  examples(clear, "tidegate clear-raw coinbase_candles", "tidegate clear-raw coinbase_candles --yes");
  const importIex = program
    .command("import-iex [place]")
    .description(
      "take over the raw of an IEX lake (raw/chart/<key>/<time>.json and definitions.json) from a folder or s3://bucket/prefix",
    )
    .option("--dataset <name>", "the dataset that it becomes, iex_chart when it is left out")
    .option(...DATA)
    .option(...DATASETS)
    .option(...JSON_OUTPUT)
    .action(async (place, options) => ended(await (await import("../commands/import.ts")).importIex(place, options)))
    .addHelpText("after", "\nWithout a place it takes IEX_S3_BUCKET and IEX_S3_PREFIX from the environment.");
  examples(importIex, "tidegate import-iex s3://old-bucket/iex", "tidegate import-iex ./old-lake");
  const importIntraday = program
    .command("import-intraday <place>")
    .description("take over raw intraday files (raw/<date>/<ticker>) from a folder or s3://bucket/prefix")
    .option("--dataset <name>", "the dataset that it becomes, google_intraday when it is left out")
    .option(...DATA)
    .option(...DATASETS)
    .option(...JSON_OUTPUT)
    .action(async (place, options) =>
      ended(await (await import("../commands/import.ts")).importIntraday(place, options)),
    );
  examples(importIntraday, "tidegate import-intraday s3://old-bucket/intraday");
  const exportIntraday = program
    .command("export-intraday <place>")
    .description("copy raw intraday files into the layout raw/<date>/<ticker>.txt of a folder or s3://bucket/prefix")
    .option("--dataset <name>", "the dataset whose raw it is, google_intraday when it is left out")
    .option(...DATA)
    .option(...LAKE)
    .option(...JSON_OUTPUT)
    .action(async (place, options) =>
      ended(await (await import("../commands/export.ts")).exportIntraday(place, options)),
    );
  examples(exportIntraday, "tidegate export-intraday ./by-date");
}
