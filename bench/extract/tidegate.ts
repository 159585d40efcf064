/** Tidegate's part: extract and process the dataset into a folder. `tidegate.ts <url> <folder> [requests a second]` */
import { systemClock } from "../../runtime/dataset/clock.ts";
import { Budgets } from "../../runtime/extract/budget.ts";
import { nodeFetch } from "../../runtime/extract/request.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { runDataset } from "../../runtime/tasks/pipeline.ts";
import { bars } from "./dataset.ts";

const [url = "", folder = "", limit] = process.argv.slice(2);
const summary = await runDataset({
  dataset: bars(url, limit === undefined ? undefined : Number(limit)),
  store: new FolderStore(folder),
  targets: [],
  budgets: new Budgets(systemClock),
  clock: systemClock,
  fetch: nodeFetch,
  signal: new AbortController().signal,
  secret: () => undefined,
  definitions: new URL("definitions.ts", import.meta.url).href,
  onProgress: () => undefined,
});
process.stdout.write(`${JSON.stringify({ rows: summary.rows, outcome: summary.outcome, errors: summary.errors })}\n`);
