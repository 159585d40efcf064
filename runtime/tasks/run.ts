import { datasets } from "../../datasets/index.ts";
import { systemClock } from "../dataset/clock.ts";
import { messageOf, UserError } from "../dataset/errors.ts";
import { readTaskEnvironment, secretFromEnvironment } from "../environment.ts";
import { nodeFetch } from "../extract/request.ts";
import { cloudTargets } from "../load/cloud.ts";
import { openStore } from "../store/open.ts";
import { runWork } from "./cloud/run-work.ts";
import { EXIT, type Exit } from "./cloud/step.ts";
import { createLog } from "./log.ts";
import { withSourceUrl } from "./source-url.ts";

/** The cloud task: one step of a dataset's run, or all of them. Its exit code is one of `EXIT`. */
async function main(): Promise<Exit> {
  const log = createLog(process.stdout);
  const signal = terminated();
  try {
    const { work, lake, emulated, sourceUrl, ...environment } = readTaskEnvironment(datasets);
    const dataset = withSourceUrl(environment.dataset, sourceUrl);
    log("info", "started", { dataset: dataset.name, lake, ...work });
    const { targets, close } = cloudTargets({ ...environment, clock: systemClock, signal });
    try {
      return await runWork({
        work,
        dataset,
        datasets: environment.datasets,
        platform: environment.platform,
        store: await openStore(lake, { emulated }),
        targets,
        clock: systemClock,
        fetch: nodeFetch,
        signal,
        secret: secretFromEnvironment,
        log,
        emit: (metrics) => process.stdout.write(`${JSON.stringify(metrics)}\n`),
      });
    } finally {
      await close();
    }
  } catch (error) {
    if (signal.aborted) {
      log("info", `stopped: ${messageOf(error)}`, {});
      return EXIT.stopped;
    }
    log("error", messageOf(error), error instanceof UserError ? {} : { stack: (error as Error).stack });
    return EXIT.failed;
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
