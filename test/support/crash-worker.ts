/**
 * A process that runs the tiny dataset as its argument says (a `CrashPlan` as JSON), and stops itself where it is told to.
 * What is left of the run is told on standard output.
 */
import { Response } from "node-fetch";
import { nodeFetch } from "../../runtime/extract/request.ts";
import { DuckDb } from "../../runtime/load/duckdb.ts";
import { type SqlSession, SqlTarget } from "../../runtime/load/sql-target.ts";
import { JumpingClock } from "../../runtime/replay/index.ts";
import { exchangeName } from "../../runtime/store/layout.ts";
import { openStore } from "../../runtime/store/open.ts";
import type { Content } from "../../runtime/store/store.ts";
import { type CrashPlan, crashDataset, type Moment, REACHED } from "./crash-plan.ts";
import { runOver } from "./run-over.ts";
import { WatchedStore } from "./watched-store.ts";

const plan = JSON.parse(process.argv[2] ?? "") as CrashPlan;
let left = plan.stop?.nth ?? 1;

/** Waits for nothing, and is ahead after a pause of which it knew nothing. */
class PausedClock extends JumpingClock {
  ahead = 0;
  override readonly now = (): number => plan.now + this.ahead + this.slept.reduce((sum, slept) => sum + slept, 0);
}

const clock = new PausedClock(plan.now);

function reached(moment: Moment): void {
  if (plan.stop?.at !== moment) return;
  left -= 1;
  if (left !== 0) return;
  process.stderr.write(`${REACHED}\n`);
  clock.ahead = (plan.stop.wakesAt ?? plan.now) - plan.now;
  process.kill(process.pid, plan.stop.signal);
}

function written(key: string, body: Content): void {
  if (exchangeName(key)) reached("exchange recorded");
  else if (key.startsWith("raw/")) reached("raw put");
  else if (key.startsWith("state/") && hasCoverage(body)) reached("coverage advanced");
  else if (key.startsWith("processed/") && key.endsWith(".parquet")) reached("records put");
  else if (key.startsWith("loads/")) reached("load announced");
  else if (key.startsWith("runs/")) reached("run recorded");
}

function hasCoverage(body: Content): boolean {
  if (!(body instanceof Uint8Array)) return false;
  const { coverage } = JSON.parse(new TextDecoder().decode(body)) as { coverage?: readonly unknown[] };
  return (coverage?.length ?? 0) > 0;
}

function watched(session: SqlSession): SqlSession {
  let inserted = false;
  return {
    types: session.types,
    primaryKey: session.primaryKey,
    query: (sql, parameters) => session.query(sql, parameters),
    async insertFile(table, dataset, file, store) {
      await session.insertFile(table, dataset, file, store);
      inserted = true;
    },
    async transaction(work) {
      inserted = false;
      await session.transaction(async () => {
        await work();
        if (inserted) reached("rows inserted");
      });
      if (inserted) reached("load committed");
    },
  };
}

const warehouse = plan.warehouse ? await DuckDb.open(plan.warehouse, "write") : undefined;
const summary = await runOver({
  store: new WatchedStore(await openStore(plan.lake, { emulated: true }), { after: written }),
  dataset: crashDataset(plan),
  targets: warehouse ? [new SqlTarget("warehouse", watched(warehouse))] : [],
  clock,
  until: plan.until,
  async fetch(url, init) {
    const response = await nodeFetch(url, init);
    if (plan.stop?.at !== "response received") return response;
    const body = await response.arrayBuffer();
    reached("response received");
    return new Response(Buffer.from(body), { status: response.status, headers: response.headers });
  },
});
warehouse?.close();
process.stdout.write(JSON.stringify(summary));
