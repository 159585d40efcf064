import { DAY } from "../../dataset/duration.ts";
import { type OldLayout, spanOf, startOfOldDate } from "./old-layout.ts";

const KEY = /^raw\/(\d{4}-\d{2}-\d{2}|\d{8})\/([^/]+)$/;
const EXTENSION = /\.(?:txt|csv)(?:\.gz)?$/i;
const MINUTE = 60_000;

/**
 * Google Finance's texts under `raw/{date of the download}/{ticker}`, with or without an extension. They were fetched within that
 * day; as nothing tells when, its last second is taken.
 */
export const intradayLake: OldLayout = {
  dataset: "google_intraday",
  placeOf(key) {
    const [, date = "", file = ""] = KEY.exec(key) ?? [];
    const at = startOfOldDate(date) + DAY - 1_000;
    const partition = file.replace(EXTENSION, "");
    return partition === "" || Number.isNaN(at) ? undefined : { partition, at };
  },
  windowOf: (rows) =>
    spanOf(
      rows.map(({ time }) => Number(time) * 1_000),
      MINUTE,
    ),
};
