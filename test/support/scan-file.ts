import { stat } from "node:fs/promises";
import type { Format } from "../../runtime/dataset/format.ts";
import { scan } from "../../runtime/decode/index.ts";

/** Counts the rows of a file: `node scan-file.ts <path> <format as JSON>`, and tells how much memory that took at most. */
const [path = "", format = ""] = process.argv.slice(2);
const before = process.memoryUsage.rss();
let most = before;
let visited = 0;
const { rows } = await scan({ path, bytes: (await stat(path)).size }, JSON.parse(format) as Format, () => {
  visited += 1;
  if (visited % 1000 === 0) most = Math.max(most, process.memoryUsage.rss());
});
process.stdout.write(JSON.stringify({ rows, megabytes: Math.round((most - before) / 1e6) }));
