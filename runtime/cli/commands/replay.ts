import type { Dataset } from "../../dataset/definition.ts";
import { secretsOf } from "../../dataset/definition.ts";
import { UserError } from "../../dataset/errors.ts";
import { type LakeRecordings, recordingsOfLake } from "../../replay/lake.ts";
import { playback } from "../../replay/playback.ts";
import { type ReplayServer, startReplay } from "../../replay/server.ts";
import { loadDatasets, selectDatasets } from "../datasets.ts";
import { type LakeOptions, openFilledLake } from "../lake.ts";
import { interrupted } from "../signals.ts";
import { UsageError } from "../usage.ts";

export interface ReplayOptions extends LakeOptions {
  readonly port: string;
  readonly datasets?: string;
  readonly json?: true;
}

interface Served extends LakeRecordings {
  readonly dataset: Dataset;
}

/** `tidegate replay`: recorded raw as a fake API, until it is interrupted. */
export async function replay(names: readonly string[], options: ReplayOptions): Promise<number> {
  const port = portOf(options.port);
  const datasets = selectDatasets(await loadDatasets(options.datasets), names);
  const store = await openFilledLake(options);
  const served: Served[] = [];
  for (const dataset of datasets) served.push({ dataset, ...(await recordingsOfLake(dataset, store)) });
  const filled = served.filter(({ recordings }) => recordings.length);
  if (filled.length === 0)
    throw new UserError("nothing is recorded:", [
      {
        path: "",
        problem: `no raw of ${names.join(", ") || "any dataset"} in ${store.location}`,
        fix: "run tidegate run first",
      },
    ]);
  const answer = playback(filled.flatMap(({ recordings }) => recordings));
  const server = await startReplay(
    async (asked) => {
      const said = await answer(asked);
      const query = asked.query.toString();
      tell(options, { status: said.status, asked: `${asked.method} ${asked.path}${query ? `?${query}` : ""}` });
      return said;
    },
    { port },
  ).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    throw new UserError("cannot serve there:", [
      { path: "--port", problem: "is in use", value: port, fix: "name another one, or 0 for any" },
    ]);
  });
  introduce(server, filled, options);
  await ended(interrupted());
  await server.close();
  return 0;
}

function introduce(server: ReplayServer, served: readonly Served[], options: ReplayOptions): void {
  const datasets = served.map(({ dataset, recordings, through }) => ({
    dataset: dataset.name,
    requests: recordings.length,
    through,
    url: `${server.url}${new URL(dataset.source.url).pathname.replace(/\/$/, "")}`,
    secrets: secretsOf(dataset),
  }));
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ url: server.url, datasets })}\n`);
    return;
  }
  const where = options.datasets === undefined ? "" : ` --datasets ${options.datasets}`;
  const lines = datasets.flatMap(({ dataset, requests, through, url, secrets }) => [
    `${dataset}: ${requests} requests, through ${through}`,
    `  ${[...secrets.map((name) => `${name}=any`), `tidegate run ${dataset} --source-url ${url} --until ${through} --data <another folder>${where}`].join(" ")}`,
  ]);
  process.stdout.write(`${[`serving at ${server.url}; Ctrl-C ends it`, ...lines].join("\n")}\n`);
}

function tell({ json }: ReplayOptions, { status, asked }: { status: number; asked: string }): void {
  process.stdout.write(json ? `${JSON.stringify({ status, asked })}\n` : `${status} ${asked}\n`);
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError("cannot serve there:", [
    { path: "--port", problem: "is no port", value: text, allowed: "0 to 65535" },
  ]);
}

const ended = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
