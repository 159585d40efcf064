import { DAY } from "../../dataset/duration.ts";
import { startOfDate } from "../../dataset/moment.ts";
import { type OldLayout, spanOf, startOfOldDate } from "./old-layout.ts";

const KEY = /^raw\/chart\/([^/]+)\/(\d{8})(\d{2})(\d{2})(\d{2})\.(?:json|csv)$/;

/**
 * Charts of IEX Cloud under `raw/chart/{key}/{YYYYMMDDhhmmss}.json`, or `.csv`; what is inside is told by the file, not by its
 * name. The time is that of the Lambda function's clock, which is UTC. Some files hold the text of an error: they have no rows.
 */
export const iexLake: OldLayout = {
  dataset: "iex_chart",
  placeOf(key) {
    const [, partition, date = "", hour, minute, second] = KEY.exec(key) ?? [];
    const at = startOfOldDate(date) + (Number(hour) * 3_600 + Number(minute) * 60 + Number(second)) * 1_000;
    return partition === undefined || Number.isNaN(at) ? undefined : { partition, at };
  },
  windowOf: (rows) =>
    spanOf(
      rows.map(({ date }) => startOfDate(String(date))),
      DAY,
    ),
};
