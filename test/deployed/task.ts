/**
 * Runs the tasks of `coinbase_products` and of `coinbase_candles`, whose partitions are products, as they were deployed, step by
 * step: the command and environment of their task definitions, with what ECS and the state machine add, against the emulator of
 * a deployment of `program.ts`. Exits with 1 unless the lake holds raw, processed and state objects of every product afterwards,
 * the plan and the report of each run, and nothing that the tasks' roles must not write.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { segment } from "../../runtime/store/layout.ts";
import { startCoinbase } from "../support/replay/coinbase.ts";
import { AWS_VARIABLES, type Container, containerOf, keysOf, objectOf, variable } from "./emulator.ts";
import { COINBASE } from "./replay-ports.ts";

const DATASETS = ["coinbase_products", "coinbase_candles"] as const;

interface Outputs {
  readonly lakeBucket: string;
  readonly lakePrefix: string;
  readonly taskDefinitionArns: Readonly<Record<string, string>>;
}

/** What the state machine adds to a task's environment for each step; loading is for a real warehouse and a real database. */
const RUN = { TIDEGATE_RUN: "20261121000000-deployed" };
const STEPS = [
  { TIDEGATE_STEP: "plan", TIDEGATE_INPUT: "{}" },
  { TIDEGATE_STEP: "extract", TIDEGATE_BATCH: "0" },
  { TIDEGATE_STEP: "process" },
  { TIDEGATE_STEP: "publish" },
];

/** The image's node is this one, of the same major version; nothing else of this process's environment reaches the task. */
async function run({ command, environment }: Container, step: Record<string, string>): Promise<number> {
  const [program, ...args] = command;
  assert.equal(program, "node");
  const own = Object.fromEntries(environment.map(({ name, value }) => [name, value]));
  const fromEcs = Object.fromEntries(AWS_VARIABLES.map((name) => [name, variable(name)]));
  // As in the container: nothing but the volume at /tmp can be written.
  const readOnly = ["--permission", "--allow-fs-read=*", "--allow-fs-write=/tmp/"];
  const child = spawn(process.execPath, [...readOnly, ...args], {
    env: { ...own, ...RUN, ...step, ...fromEcs },
    stdio: "inherit",
  });
  const [code] = await once(child, "exit");
  return code;
}

const outputs: Outputs = JSON.parse(await readFile(variable("DEPLOYMENT_OUTPUTS"), "utf8"));
const lake = (key: string) => `${outputs.lakePrefix}/${key}`;
await using replay = await startCoinbase({ port: COINBASE });
for (const dataset of DATASETS) {
  const definition = outputs.taskDefinitionArns[dataset];
  assert(definition, `nothing called ${dataset} is deployed`);
  const container = await containerOf(definition);
  // Its source wants no token; where the database is, ECS reads from a parameter.
  for (const { name } of container.secrets ?? []) assert.equal(name, "TIDEGATE_DATABASE");
  for (const step of STEPS)
    assert.equal(await run(container, step), 0, `step ${step.TIDEGATE_STEP} of ${dataset} failed`);

  const keys = await keysOf(outputs.lakeBucket);
  const plan = JSON.parse(await objectOf(outputs.lakeBucket, lake(`runs/${dataset}/${RUN.TIDEGATE_RUN}/plan.json`)));
  const partitions: string[] = plan.batches.flatMap((batch: { partitions: string[] }) => batch.partitions);
  assert(partitions.length > 0, `nothing of ${dataset} was planned`);
  for (const partition of partitions) {
    const folder = `${dataset}/${segment(partition)}`;
    const raw = keys.filter((key) => key.startsWith(lake(`raw/${folder}/`)));
    assert(raw.length > 0, `no raw object of ${folder}`);
    assert(keys.includes(lake(`processed/${folder}/records.parquet`)), `no Parquet of ${folder}`);
    assert(keys.includes(lake(`state/${folder}.json`)), `no state of ${folder}`);
  }
  assert(keys.includes(lake(`runs/${dataset}/${RUN.TIDEGATE_RUN}.json`)), `no report of the run of ${dataset}`);
}
assert.equal(replay.answered(429), 0, "a task asked faster than its budget allows");

const keys = await keysOf(outputs.lakeBucket);
assert(keys.includes(lake("definitions.json")), "no definitions.json");
const shared = [lake("definitions.json"), ...DATASETS.map((dataset) => lake(`state/${dataset}.index.json`))];
const isOwn = (key: string): boolean =>
  DATASETS.some((dataset) => key.includes(`/${dataset}/`)) || key.startsWith(lake("state/.budgets/"));
assert.deepEqual(
  keys.filter((key) => !isOwn(key) && !shared.includes(key)),
  [],
  "a task wrote where its role must not",
);
process.stdout.write(
  `${DATASETS.join(", ")}: ${replay.requests.length} requests, ${keys.length} objects in the lake\n`,
);
