import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { PROJECT_FOLDER } from "../support/rules.ts";

const MAIN = join(PROJECT_FOLDER, "offline", "main.ts");
const OPEN_BUCKET = ["--folder", join(PROJECT_FOLDER, "test", "fixtures", "open-bucket")];

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string; ms: number }> {
  const began = performance.now();
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code, out, err, ms: performance.now() - began };
}

describe("node offline/main.ts", () => {
  it("tree: prints stack dev as a tree", async () => {
    const { code, out, err } = await run("tree");
    assert.equal(code, 0, err);
    assert.match(out, /^Stack tidegate-dev: \d+ resources in \d+ components\n└─ Platform market-data/);
  });

  it("plan --json: prints one document with resources and cost, in under 5 seconds", async () => {
    const { code, out, err, ms } = await run("plan", "--stack", "dev", "--json", "--assume", "storedGb=1000");
    assert.equal(code, 0, err);
    const { stack, resources, cost } = JSON.parse(out);
    assert.equal(stack, "dev");
    assert.equal(resources.name, "tidegate-dev");
    assert.equal(cost.usage.storedGb, 1000);
    assert(cost.total > 20);
    assert(ms < 5000, `took ${ms} ms`);
  });

  it("plan --compare: sets the costs of two stacks side by side", async () => {
    const { code, out, err } = await run("plan", "--stack", "lean", "--compare", "dev");
    assert.equal(code, 0, err);
    assert.match(out, /^Estimated monthly cost in USD: stack lean \(.+\), stack dev \(.+\)\n/);
    assert.match(out, /│ component +│ +lean │ +dev │ difference │\n/);
    assert.match(out, /│ total +│ +\d+\.\d\d │ +\d+\.\d\d │ +\+\d+\.\d\d │\n/);
    const json = await run("plan", "--stack", "lean", "--compare", "dev", "--json", "--assume", "storedGb=7");
    const { stack, cost, comparison } = JSON.parse(json.out);
    assert.deepEqual([stack, comparison.from.stack, comparison.to.stack], ["lean", "lean", "dev"]);
    assert.equal(comparison.total.difference, comparison.to.total - cost.total);
    assert.equal(comparison.to.usage.storedGb, 7);
  });

  it("policy --json: says that stack dev passes", async () => {
    const { code, out, err } = await run("policy", "--stack", "dev", "--json");
    assert.equal(code, 0, err);
    assert.equal(JSON.parse(out).passed, true);
  });

  it("overview --json: says in one document what npm start shows", async () => {
    const { code, out, err } = await run("overview", "--json");
    assert.equal(code, 0, err);
    const { text: shown, policy, monthlyCostUsd } = JSON.parse(out);
    const plan = JSON.parse((await run("plan", "--json")).out);
    assert.match(shown, /^Stack tidegate-dev: /);
    assert.equal(policy.failed, 0);
    assert.equal(monthlyCostUsd, plan.cost.total);
  });

  it("policy: refuses an unsafe program with exit code 1 and says how to mend it", async () => {
    const { code, out } = await run("policy", ...OPEN_BUCKET);
    assert.equal(code, 1);
    assert.match(out, /s3-bucket-not-public +│ critical +│ +1 │ failed/);
    assert.match(out, /open: does not block public access; allowed: .*; add one with blockPublicAcls/);
    assert.match(out, /Policies for stack dev: FAILED \(6 failed, /);
  });

  it("keeps what the program prints out of the document", async () => {
    const { code, out, err } = await run("plan", ...OPEN_BUCKET, "--json");
    assert.equal(code, 0);
    assert.match(err, /the program says something/);
    assert.deepEqual(JSON.parse(out).cost.unpriced, [{ type: "aws:glue/catalogDatabase:CatalogDatabase", count: 1 }]);
  });

  it("shows a user's mistake without a stack, with exit code 1", async () => {
    const { code, out, err } = await run("tree", ...OPEN_BUCKET, "--stack", "broken");
    assert.deepEqual({ code, out }, { code: 1, out: "" });
    assert.match(err, /the program refuses this stack\n$/);
    assert.doesNotMatch(err, /\n +at /);
    const unknown = await run("tree", ...OPEN_BUCKET, "--stack", "prod");
    assert.equal(unknown.code, 1);
    assert.match(unknown.err, /^there is no stack prod\n.*allowed: .*dev/);
  });

  for (const wrong of [
    [],
    ["deploy"],
    ["tree", "--color"],
    ["plan", "--assume", "storedGB=1"],
    ["plan", "--compare"],
    ["tree", "extra"],
  ]) {
    it(`refuses "${wrong.join(" ")}" as wrong usage with exit code 2`, async () => {
      const { code, out, err } = await run(...wrong);
      assert.deepEqual({ code, out }, { code: 2, out: "" });
      assert.notEqual(err, "");
    });
  }
});
