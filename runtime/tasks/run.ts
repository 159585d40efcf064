import { datasets } from "../../datasets/index.ts";
import { systemClock } from "../dataset/clock.ts";
import { messageOf, UserError } from "../dataset/errors.ts";
import { readTaskEnvironment, secretFromEnvironment } from "../environment.ts";
import { Budgets } from "../extract/budget.ts";
import { nodeFetch } from "../extract/request.ts";
import { publishDefinitions } from "../publish/definitions.ts";
import { openStore } from "../store/open.ts";
import { createLog } from "./log.ts";
import { runDataset } from "./pipeline.ts";
import { withSourceUrl } from "./source-url.ts";

/** The cloud task: extract and process one dataset into the lake. Exit code 0 when it is done, 1 otherwise. */
async function main(): Promise<number> {
  const log = createLog(process.stdout);
  try {
    const { dataset, lake, sourceUrl, emulated } = readTaskEnvironment(datasets);
    const store = await openStore(lake, { emulated });
    log("info", "started", { dataset: dataset.name, lake });
    const summary = await runDataset({
      dataset: withSourceUrl(dataset, sourceUrl),
      store,
      targets: [],
      budgets: new Budgets(systemClock),
      clock: systemClock,
      fetch: nodeFetch,
      signal: terminated(),
      secret: secretFromEnvironment,
      onProgress: () => {},
    });
    await publishDefinitions(datasets, store);
    const { coverage: _coverage, ...numbers } = summary;
    const succeeded = summary.outcome === "done" || summary.outcome === "nothing to do";
    log(succeeded ? "info" : "error", summary.outcome, numbers);
    return succeeded ? 0 : 1;
  } catch (error) {
    log("error", messageOf(error), error instanceof UserError ? {} : { stack: (error as Error).stack });
    return 1;
  }
}

/** Fargate Spot gives two minutes between SIGTERM and SIGKILL; the run stops at the next safe point. */
function terminated(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => controller.abort(new Error(`stopped by ${signal}`)));
  return controller.signal;
}

main().then((code) => {
  process.exitCode = code;
});
