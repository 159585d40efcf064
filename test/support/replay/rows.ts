import { type ReplayOptions, type ReplayServer, startReplay } from "../../../runtime/replay/server.ts";

const DAY = 86_400_000;

/** What the small source says of a day: the number of the day since 1970 and a quarter. */
export const valueOfDay = (day: number): string => `${day / DAY}.25`;

/** A source without limits: `GET /rows/{item}?from=YYYY-MM-DD&to=YYYY-MM-DD` answers `[[day, value], …]`, both ends inclusive. */
export const startRows = (options: ReplayOptions = {}): Promise<ReplayServer> =>
  startReplay(({ query }) => {
    const rows: string[] = [];
    const end = Date.parse(query.get("to") ?? "");
    for (let day = Date.parse(query.get("from") ?? ""); day <= end; day += DAY)
      rows.push(`["${new Date(day).toISOString().slice(0, 10)}",${valueOfDay(day)}]`);
    return { status: 200, body: `[${rows.join(",")}]` };
  }, options);
