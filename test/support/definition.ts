import type { Dataset } from "../../runtime/dataset/definition.ts";
import { Moment } from "../../runtime/dataset/moment.ts";
import type { JsonValue, RequestContext, RequestParts } from "../../runtime/dataset/source.ts";
import { toWindow } from "../../runtime/dataset/window.ts";
import { decodeSmall } from "../../runtime/decode/index.ts";

export interface Asking {
  /** All of the batch. */
  readonly partitions: readonly string[];
  /** Instants; the second does not belong to the window. */
  readonly window: readonly [string, string];
  readonly page?: RequestContext["page"];
  /** @default the window's end */
  readonly now?: string;
}

/** What a definition's functions are given. */
export function contextOf(dataset: Dataset, { partitions, window, page, now }: Asking): RequestContext {
  const [start, end] = window.map((instant) => Date.parse(instant)) as [number, number];
  return {
    partition: { [dataset.partitions.field]: partitions.join(",") },
    partitions,
    window: toWindow({ start, end }, dataset.source.windows),
    page: page ?? { number: 1, offset: 0, token: undefined },
    now: new Moment(now === undefined ? end : Date.parse(now)),
  };
}

/** What the definition asks for, as one line: path and query as they are written. */
export function requestLine(dataset: Dataset, asking: Asking): string {
  const { path, query = {} }: RequestParts = dataset.source.request(contextOf(dataset, asking));
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return `/${path.join("/")}?${given.map(([name, value]) => `${name}=${value}`).join("&")}`;
}

/** What the definition reads from a body. */
export const rowsOf = (dataset: Dataset, body: string, asking: Asking): Record<string, JsonValue | undefined>[] =>
  decodeSmall(new TextEncoder().encode(body), dataset.source.format).map((row) =>
    dataset.source.rows(row, contextOf(dataset, asking)),
  );
