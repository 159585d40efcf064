import type { Dataset } from "../dataset/definition.ts";

/** The dataset, asked at another base URL: a mirror, or a replay server. */
export const withSourceUrl = (dataset: Dataset, url: string | undefined): Dataset =>
  url === undefined ? dataset : { ...dataset, source: { ...dataset.source, url } };
