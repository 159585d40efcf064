import { parseArgs } from "node:util";
import { datasets } from "../datasets/index.ts";
import { LocalPlatform, localPlaces } from "../runtime/cli/local.ts";
import { claimOrigin } from "../runtime/cli/origin.ts";
import { describeOutcome, succeeded } from "../runtime/cli/outcome.ts";
import { writeReport } from "../runtime/cli/report.ts";
import { runLocally } from "../runtime/cli/session.ts";
import { interrupted } from "../runtime/cli/signals.ts";
import { printUserError } from "../runtime/cli/terminal/errors.ts";
import { secretFromEnvironment } from "../runtime/environment.ts";
import { addRequests } from "../runtime/store/requests.ts";
import { withSourceUrl } from "../runtime/tasks/source-url.ts";
import { type Choice, liveDatasets } from "./choice.ts";
import { type CloudVerdict, showCloudProgram } from "./cloud.ts";
import { type Replay, startReplays } from "./replay.ts";

/** Where the command looks when it is told nothing else. */
const DEFAULT_FOLDER = ".tidegate";
const QUERY = "select ticker, count(*), min(date), max(date) from daily_prices group by 1";

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const heading = (text: string): void => say(`\n${text}\n${"=".repeat(text.length)}`);

/** `npm start`: the cloud program evaluated offline, then the same datasets brought into a local folder. */
async function start(): Promise<number> {
  const { values } = parseArgs({
    options: {
      live: { type: "boolean", default: false },
      data: { type: "string" },
      stack: { type: "string", default: "dev" },
    },
  });
  heading(`1. The cloud program of stack ${values.stack}`);
  const cloud = await showCloudProgram(values.stack, say);
  heading(values.live ? "2. The datasets, from their sources" : "2. The datasets, from replay servers on this machine");
  const folder = values.data ?? (values.live ? `${DEFAULT_FOLDER}/live` : DEFAULT_FOLDER);
  const choice = values.live ? liveDatasets(datasets) : { datasets, notes: [] };
  const fetched = await bringIn(folder, choice, values.live ? new Map() : await startReplays(), cloud);
  return cloud.passed && fetched ? 0 : 1;
}

async function bringIn(
  folder: string,
  { datasets, notes }: Choice,
  replays: ReadonlyMap<string, Replay>,
  cloud: CloudVerdict,
): Promise<boolean> {
  for (const note of notes) say(note);
  const platform = await LocalPlatform.open(folder);
  try {
    await claimOrigin(platform.store, datasets, replays.size ? "replay" : "live");
    for (const dataset of datasets)
      if (dataset.partitions.origin?.kind === "requested")
        await addRequests(platform.store, dataset.name, replays.get(dataset.name)?.requested ?? [], Date.now());
    const summaries = await runLocally({
      datasets: datasets.map((dataset) => withSourceUrl(dataset, replays.get(dataset.name)?.server.url)),
      platform,
      signal: interrupted(),
      secret: (name, dataset) => replays.get(dataset.name)?.secrets[name] ?? secretFromEnvironment(name),
      until: ({ name }) => endOf(replays.get(name)?.through),
      stream: process.stderr,
    });
    say(`\n${describeOutcome(summaries, process.stdout)}`);
    const report = await writeReport({
      folder,
      datasets,
      summaries,
      platform,
      notes: (dataset) => [replays.get(dataset.name)?.note ?? `Asked at ${dataset.source.url}`],
      policy: cloud.policy,
      monthlyCostUsd: cloud.monthlyCostUsd,
    });
    heading("3. Where everything is");
    const places = localPlaces(folder);
    for (const [label, path] of [
      ["report", report],
      ["lake", places.lake],
      ["warehouse", places.warehouse],
      ["database", places.database],
    ])
      say(`${label?.padEnd(11)}${path}`);
    const data = folder === DEFAULT_FOLDER ? "" : ` --data ${folder}`;
    say(`\nNext: npx tidegate sql "${QUERY}"${data}`);
    return succeeded(summaries);
  } finally {
    await platform.close();
    await Promise.all([...replays.values()].map(({ server }) => server.close()));
  }
}

const endOf = (date: string | undefined): number | undefined =>
  date === undefined ? undefined : Date.parse(`${date}T00:00:00Z`) + 86_400_000;

start().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    printUserError(process.stderr, error);
    process.exitCode = 1;
  },
);
