/** Started by itself: pulls the body at a URL as a dataset would, and says what that took of memory. */
import { jsonLines } from "../../runtime/dataset/format.ts";
import { judge } from "../../runtime/extract/verdict.ts";
import { clientOf } from "./http.ts";

/** What `pull.ts` prints. Sizes are bytes. */
export interface Pulled {
  /** Of memory, the most while it was pulled over what there was before. */
  readonly growth: number;
  readonly bytes: number;
  readonly rows: number | undefined;
}

const [url = ""] = process.argv.slice(2);
using asking = clientOf(url, { format: jsonLines() });
await (await asking.ask({ path: ["small"] })).answer.dispose();
const before = process.memoryUsage.rss();
const { answer } = await asking.ask({ path: ["large"] });
const verdict = await judge(answer, asking.source, { now: 0, graphql: false });
await answer.dispose();
const pulled: Pulled = {
  growth: process.resourceUsage().maxRSS * 1_024 - before,
  bytes: answer.bytes,
  rows: verdict.kind === "data" ? verdict.scanned.rows : undefined,
};
process.stdout.write(JSON.stringify(pulled));
