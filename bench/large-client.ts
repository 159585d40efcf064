/** Brings one large body in. `large-client.ts <url> <folder> extract|process` */
import { systemClock } from "../runtime/dataset/clock.ts";
import { date, decimal, defineDataset, integer, jsonLines, none, text } from "../runtime/dataset/index.ts";
import { FolderStore } from "../runtime/store/folder.ts";

const [url = "", folder = "", step] = process.argv.slice(2);

const dataset = defineDataset({
  name: "large",
  title: "One large body",
  source: {
    kind: "http",
    url,
    budget: [{ requests: 1, per: "1 second" }],
    windows: { step: "36500 days", granularity: "1 day" },
    request: () => ({ path: ["rows"] }),
    pages: none(),
    format: jsonLines(),
    rows: ({ id, date, price, volume }) => ({ id, date, price, volume }),
  },
  partitions: { symbol: ["ALL"] },
  schema: {
    symbol: text(),
    id: integer(),
    date: date(),
    price: decimal({ precision: 18, scale: 6 }),
    volume: integer(),
  },
  key: ["symbol", "id", "date"],
  cursor: "date",
  calendar: "24/7",
  backfillFrom: "2020-01-01",
});

const store = new FolderStore(folder);
// Each step with its own code alone, as far as it goes.
if (step === "process") {
  const { processPartition } = await import("../runtime/process/process.ts");
  const result = await processPartition(dataset, "ALL", store);
  process.stdout.write(`${result?.rows} rows\n`);
} else {
  const { Budgets } = await import("../runtime/extract/budget.ts");
  const { nodeFetch } = await import("../runtime/extract/request.ts");
  const { extractStep } = await import("../runtime/tasks/extract-step.ts");
  const { rawBytes, errors } = await extractStep({
    ...{ dataset, store, clock: systemClock, fetch: nodeFetch, run: "bench", signal: new AbortController().signal },
    budget: new Budgets(systemClock).of(dataset.source),
    secret: () => undefined,
    wanted: { start: Date.UTC(2020, 0, 1), end: Date.UTC(2024, 0, 1) },
  });
  if (errors.length) throw new Error(JSON.stringify(errors));
  process.stdout.write(`${rawBytes} bytes\n`);
}
