import pMap from "p-map";
import type { Dataset } from "../dataset/definition.ts";
import type { Exchange, ExchangeRequest } from "../store/exchange.ts";
import { exchangeKeys, readBody, readExchange } from "../store/exchanges.ts";
import { rawDatasetFolder } from "../store/layout.ts";
import type { Store } from "../store/store.ts";
import type { Answer } from "./faults.ts";
import type { Recording } from "./playback.ts";

/** Records that are read at the same time. */
const READS = 32;

export interface LakeRecordings {
  /** The newest of each request. */
  readonly recordings: readonly Recording[];
  /** The last day that was asked for, `YYYY-MM-DD`; undefined when nothing was. */
  readonly through: string | undefined;
}

/** The raw of a dataset as answers of its source. */
export async function recordingsOfLake(dataset: Dataset, store: Store): Promise<LakeRecordings> {
  const keys = exchangeKeys(store, rawDatasetFolder(dataset.name));
  const read = await pMap(keys, async (key) => (await readExchange(store, key))?.exchange, { concurrency: READS });
  const exchanges = read.filter((one) => one !== undefined).sort((a, b) => (a.at < b.at ? -1 : 1));
  const newest = new Map(
    exchanges
      .flatMap((exchange) => [...namingOf(exchange), toRecorded(dataset, exchange, store)])
      .map((one) => [`${one.request.method} ${one.request.url} ${one.request.body ?? ""}`, one] as const),
  );
  const last = exchanges
    .map(({ window }) => window.end)
    .sort()
    .at(-1);
  return {
    recordings: [...newest.values()].map(toRecording),
    through: last && new Date(Date.parse(last) - 1).toISOString().slice(0, 10),
  };
}

/** An answer, whatever was asked for it. */
interface Recorded {
  readonly request: ExchangeRequest;
  read(origin: string): Promise<Answer>;
}

function toRecording({ request, read }: Recorded): Recording {
  const { pathname, searchParams } = new URL(request.url);
  return { method: request.method, path: pathname, query: [...searchParams], body: request.body ?? "", read };
}

function toRecorded(dataset: Dataset, { request, response, body }: Exchange, store: Store): Recorded {
  const { origin } = new URL(request.url);
  return {
    request,
    async read(own): Promise<Answer> {
      const bytes = await readBody(store, body);
      if (!bytes) return { status: 500, body: JSON.stringify({ error: `${body.key} is missing in the lake` }) };
      const moved = (text: string): string => text.replaceAll(origin, own);
      return {
        status: response.status,
        headers: Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [name, name === "link" ? moved(value) : value]),
        ),
        body: namesLinks(dataset) && isText(body.key) ? moved(new TextDecoder().decode(bytes)) : bytes,
      };
    },
  };
}

/** The answer that said where the file of a prepared export is: it must lead to the replay, whatever host has the file. */
function namingOf({ request, via }: Exchange): Recorded[] {
  if (!via) return [];
  const { origin } = new URL(request.url);
  const { status, body } = via.response;
  return [
    {
      request: via.request,
      read: async (own) => ({
        status,
        headers: { "content-type": "application/json" },
        // JSON may escape a slash.
        body: body.replaceAll(origin, own).replaceAll(origin.replaceAll("/", "\\/"), own),
      }),
    },
  ];
}

/** Whether a body says where the next one is: that must lead to the replay as well. */
const namesLinks = ({ source: { pages } }: Dataset): boolean => pages.kind === "link";

const isText = (key: string): boolean => /\.(json|ndjson|csv|txt)(\.exchange)?$/.test(key);
