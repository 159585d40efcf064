import { messageOf, UserError } from "../dataset/errors.ts";
import { readBundlesEnvironment } from "../environment.ts";
import { pullBundle } from "../publish/pull-bundle.ts";
import { openStore } from "../store/open.ts";
import { createLog } from "./log.ts";

/** Fills a volume with the newest version of some bundles, before the container starts that reads them. Exit code 1 when it cannot. */
async function main(): Promise<number> {
  const log = createLog(process.stdout);
  try {
    const { lake, emulated, bundles, folder } = readBundlesEnvironment();
    const store = await openStore(lake, { emulated });
    const signal = AbortSignal.timeout(3_600_000);
    for (const bundle of bundles) {
      const { version, sha256, path } = await pullBundle({ store, bundle, folder, signal });
      log("info", "pulled", { bundle, version, sha256, path });
    }
    return 0;
  } catch (error) {
    log("error", messageOf(error), error instanceof UserError ? {} : { stack: (error as Error).stack });
    return 1;
  }
}

main().then((code) => {
  process.exitCode = code;
});
