/**
 * Runs the task of `coinbase_candles` as it was deployed, step by step: the command and environment of its task definition, with
 * what ECS and the state machine add, against the emulator of a deployment of `program.ts`. Exits with 1 unless the lake holds
 * raw, processed and state objects of every product afterwards, and the plan and the report of the run.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { datasets } from "../../datasets/index.ts";
import { segment } from "../../runtime/store/layout.ts";
import { startCoinbase } from "../support/replay/coinbase.ts";
import { AWS_VARIABLES, type Container, containerOf, keysOf, variable } from "./emulator.ts";
import { REPLAY_PORTS } from "./replay-ports.ts";

const DATASET = "coinbase_candles";

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
  // As in the container: the root file system cannot be written.
  const readOnly = ["--permission", "--allow-fs-read=*"];
  const child = spawn(process.execPath, [...readOnly, ...args], {
    env: { ...own, ...RUN, ...step, ...fromEcs },
    stdio: "inherit",
  });
  const [code] = await once(child, "exit");
  return code;
}

const outputs: Outputs = JSON.parse(await readFile(variable("DEPLOYMENT_OUTPUTS"), "utf8"));
const definition = outputs.taskDefinitionArns[DATASET];
const dataset = datasets.find(({ name }) => name === DATASET);
assert(definition && dataset, `nothing called ${DATASET} is deployed`);
const container = await containerOf(definition);
// Its source wants no token; where the database is, ECS reads from a parameter.
for (const { name } of container.secrets ?? []) assert.equal(name, "TIDEGATE_DATABASE");

await using replay = await startCoinbase({ port: REPLAY_PORTS[DATASET] });
for (const step of STEPS) assert.equal(await run(container, step), 0, `step ${step.TIDEGATE_STEP} failed`);
assert.equal(replay.answered(429), 0, "the task asked faster than its budget allows");

const keys = await keysOf(outputs.lakeBucket);
const lake = (key: string) => `${outputs.lakePrefix}/${key}`;
for (const product of dataset.partitions.values) {
  const folder = `${DATASET}/${segment(product)}`;
  const raw = keys.filter((key) => key.startsWith(lake(`raw/${folder}/`)));
  assert(raw.length > 0, `no raw object of ${product}`);
  assert(keys.includes(lake(`processed/${folder}/records.parquet`)), `no Parquet of ${product}`);
  assert(keys.includes(lake(`state/${folder}.json`)), `no state of ${product}`);
}
assert(keys.includes(lake("definitions.json")), "no definitions.json");
for (const report of [`${RUN.TIDEGATE_RUN}/plan.json`, `${RUN.TIDEGATE_RUN}.json`])
  assert(keys.includes(lake(`runs/${DATASET}/${report}`)), `no ${report} of the run`);
const foreign = keys.filter((key) => !key.includes(`/${DATASET}/`) && key !== lake("definitions.json"));
assert.deepEqual(foreign, [], "the task wrote where its role must not");
process.stdout.write(`${DATASET}: ${replay.requests.length} requests, ${keys.length} objects in the lake\n`);
