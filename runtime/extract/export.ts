import { milliseconds } from "../dataset/duration.ts";
import { jsonBody } from "../dataset/format.ts";
import type { Pages } from "../dataset/pages.ts";
import { type Answered, type AskOptions, ask, type Question } from "./ask.ts";
import { Incomplete } from "./stopped.ts";

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
  // What is said of the file is no data: it is looked at and forgotten.
  const about: Question = { ...question, source: { ...question.source, format: jsonBody({ rows: () => [] }) } };
  const latest = clock.now() + milliseconds(within);
  for (;;) {
    await beforeEach();
    const said = await ask(about, options);
    if (said.verdict.kind !== "data") return said;
    const { value } = said.verdict.scanned;
    await said.answer.dispose();
    const url = value === undefined ? undefined : link(value);
    if (url !== undefined) {
      await beforeEach();
      return ask({ ...question, request: client.follow(url, question.request), graphql: false }, options);
    }
    if (clock.now() + milliseconds(every) > latest)
      throw new Incomplete(`the source has not made the file within ${within}`);
    await clock.sleep(milliseconds(every), signal);
  }
}
