import { type Dataset, daily, defineDataset, token, weekdays } from "../../runtime/dataset/index.ts";
import { twoProviders } from "./two-providers.ts";

const like = { ...twoProviders, alternatives: {}, load: { warehouse: {}, database: true } };

/** For tests of what is made of datasets, whatever datasets there are: one with a secret and one without. */
export const PRICES: Dataset = defineDataset({
  ...like,
  name: "daily_prices",
  source: { ...like.source, auth: token({ secret: "TIINGO_TOKEN", prefix: "Token " }) },
  calendar: "XNYS",
  schedule: weekdays("18:30", "America/New_York"),
});

export const CANDLES: Dataset = defineDataset({
  ...like,
  name: "coinbase_candles",
  source: { ...like.source, auth: { kind: "none" } },
  schedule: daily("00:15", "UTC"),
});

export const TWO_DATASETS: readonly Dataset[] = [PRICES, CANDLES];

export function datasetCalled(name: string): Dataset {
  const found = TWO_DATASETS.find((dataset) => dataset.name === name);
  if (!found) throw new Error(`there is no dataset ${name}`);
  return found;
}
