import { readBody } from "../../runtime/store/exchanges.ts";
import type { Store } from "../../runtime/store/store.ts";
import { exchangesOf } from "./extraction.ts";

/** The dates of a partition's rows that the lake holds, each once, in order; the body may hide its list anywhere. */
export async function storedDates(store: Store, partition: string): Promise<string[]> {
  const dates = new Set<string>();
  for (const { verdict, body } of await exchangesOf(store, `raw/tiny/${partition}/`)) {
    if (verdict === "empty") continue;
    const text = new TextDecoder().decode(await readBody(store, body));
    for (const [, date] of text.matchAll(/"date":"([\d-]+)"/g)) dates.add(String(date));
  }
  return [...dates].sort();
}
