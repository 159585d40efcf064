import pMap from "p-map";
import { UserError } from "../../dataset/errors.ts";
import { formatBytes, formatNumberOf } from "../../publish/report/format.ts";
import type { Exchange } from "../../store/exchange.ts";
import { exchangeKeys, readBody, readExchange } from "../../store/exchanges.ts";
import { rawDatasetFolder } from "../../store/layout.ts";
import { intradayLake } from "../import/intraday-lake.ts";
import { type LakeOptions, openFilledLake, openPlace } from "../lake.ts";

export interface ExportOptions extends LakeOptions {
  readonly dataset?: string;
  readonly json?: true;
}

/** Bodies that are copied at the same time. */
const COPIES = 8;

/** Where the old system put what it fetched. */
const oldKey = ({ partition, at }: Exchange): string => `raw/${at.slice(0, 10)}/${encodeURIComponent(partition)}.txt`;

/** `tidegate export-intraday`: raw of a dataset under the keys of the old intraday lake, `raw/<date>/<ticker>.txt`. */
export async function exportIntraday(place: string, options: ExportOptions): Promise<number> {
  const from = await openFilledLake(options);
  const to = await openPlace(place);
  const dataset = options.dataset ?? intradayLake.dataset;
  const keys = exchangeKeys(from, rawDatasetFolder(dataset));
  const read = await pMap(keys, async (key) => (await readExchange(from, key))?.exchange, { concurrency: COPIES });
  // Of several answers of one day the last one stays, as it did in the old lake.
  const newest = new Map<string, Exchange>();
  for (const exchange of read.filter((one) => one !== undefined).sort((a, b) => (a.at < b.at ? -1 : 1)))
    newest.set(oldKey(exchange), exchange);
  if (newest.size === 0)
    throw new UserError("there is nothing to export:", [
      { path: "--dataset", problem: "has no raw", value: dataset, fix: `run tidegate run ${dataset} first` },
    ]);
  const sizes = await pMap(
    newest,
    async ([key, { body }]) => {
      const bytes = await readBody(from, body);
      if (!bytes) throw new Error(`${from.location}/${body.key} is missing`);
      await to.put(key, bytes, { contentType: "text/plain" });
      return bytes.byteLength;
    },
    { concurrency: COPIES },
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ dataset, place: to.location, keys: [...newest.keys()], bytes }, null, 2)}\n`
      : `${dataset}: ${formatNumberOf(newest.size, "file")}, ${formatBytes(bytes)}, in ${to.location}/raw/\n`,
  );
  return 0;
}
