import { milliseconds } from "../dataset/duration.ts";
import { jsonBody } from "../dataset/format.ts";
import type { Pages } from "../dataset/pages.ts";
import { headText } from "../decode/index.ts";
import type { ExchangeVia } from "../store/exchange.ts";
import { type Answered, type AskOptions, ask, type Question } from "./ask.ts";
import { Incomplete } from "./stopped.ts";

/** Bytes of an answer that names a file: it is no more than a few fields. */
const LARGEST_VIA = 16 * 1024;

/**
 * Asks until the source names the file that it has made, and fetches it.
 * @param beforeEach is awaited before every request
 * @throws Incomplete when there is none within the time
 */
export async function askExport(
  question: Question,
  { link, every, within }: Extract<Pages, { readonly kind: "export" }>,
  options: AskOptions,
  beforeEach: () => Promise<void>,
): Promise<Answered> {
  const { client, clock, signal } = options;
  // What is said of the file is no data: only the answer that names it is kept, in the record of the file.
  const about: Question = { ...question, source: { ...question.source, format: jsonBody({ rows: () => [] }) } };
  const latest = clock.now() + milliseconds(within);
  for (;;) {
    await beforeEach();
    const said = await ask(about, options);
    if (said.verdict.kind !== "data") return said;
    const { value } = said.verdict.scanned;
    const url = value === undefined ? undefined : link(value);
    const via = url === undefined ? undefined : await viaOf(said);
    await said.answer.dispose();
    if (url !== undefined) {
      await beforeEach();
      const file = await ask({ ...question, request: client.follow(url, question.request), graphql: false }, options);
      return { ...file, via };
    }
    if (clock.now() + milliseconds(every) > latest)
      throw new Incomplete(`the source has not made the file within ${within}`);
    await clock.sleep(milliseconds(every), signal);
  }
}

async function viaOf({ request: { method, shown }, answer }: Answered): Promise<ExchangeVia | undefined> {
  const text = await headText(answer.body, LARGEST_VIA + 1);
  if (Buffer.byteLength(text) > LARGEST_VIA) return undefined;
  return { request: { method, ...shown }, response: { status: answer.status, body: answer.redact?.(text) ?? text } };
}
