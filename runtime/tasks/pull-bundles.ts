import { readBundlesEnvironment } from "../environment.ts";
import { pullBundle } from "../publish/pull-bundle.ts";
import { openStore } from "../store/open.ts";
import { errand } from "./errand.ts";

/** Fills a volume with the newest version of some bundles, before the container starts that reads them. */
errand(async (log) => {
  const { lake, emulated, bundles, folder } = readBundlesEnvironment();
  const store = await openStore(lake, { emulated });
  const signal = AbortSignal.timeout(3_600_000);
  for (const bundle of bundles) {
    const { version, sha256, path } = await pullBundle({ store, bundle, folder, signal });
    log("info", "pulled", { bundle, version, sha256, path });
  }
});
