import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { estimateCost } from "../../offline/cost.ts";
import { checkPolicies } from "../../offline/policy.ts";
import { type Mode, type Recording, recordProgram } from "../../offline/record.ts";
import { readStackConfig } from "../../offline/stack-config.ts";
import { rules } from "../../policies/rules/index.ts";
import { MODES, PROJECT_FOLDER } from "../support/rules.ts";

/** What no stack of this project asks for, and a user may. */
const OPTIONS = {
  accessLogs: true,
  ci: {
    repository: "acme/data",
    createProvider: true,
    preview: {},
    deploy: { environments: ["prod"], policies: ["arn:aws:iam::123456789012:policy/deploy"] },
  },
  computeKind: "ec2-spot",
  databaseProxy: true,
  imageFolder: "test/fixtures/daily-prices",
  lakeLockMode: "governance",
  lakeOnlyFrom: { cidrs: ["203.0.113.0/24"] },
  lakeReplicaRegion: "eu-central-1",
  readers: [{ name: "quants", principals: ["210987654321"], datasets: "all" }],
  team: { name: "quants", datasets: "all", uploads: ["ftse100"] },
  warehouse: "provisioned",
  warehouseMultiZone: true,
  warehouseNodeType: "ra3.xlplus",
  warehouseNodes: 2,
};

const SERVERLESS_ONLY = ["warehouseBaseCapacity", "warehouseMaxCapacity", "warehouseRpuHours"];

async function recordOptions(mode: Mode): Promise<Recording> {
  const { project, config } = await readStackConfig(PROJECT_FOLDER, "prod");
  const prod = Object.entries(config).filter(([key]) => !SERVERLESS_ONLY.some((name) => key === `tidegate:${name}`));
  const asked = Object.entries(OPTIONS).map(([name, value]) => [
    `tidegate:${name}`,
    typeof value === "object" ? JSON.stringify(value) : String(value),
  ]);
  const url = pathToFileURL(join(PROJECT_FOLDER, "index.ts"));
  url.searchParams.set("options", mode);
  return recordProgram({
    program: () => import(url.href),
    project,
    stack: "prod",
    config: Object.fromEntries([...prod, ...asked]),
    mode,
  });
}

describe("the program of a stack that asks for everything", () => {
  for (const mode of MODES) {
    it(`satisfies every rule, in ${mode}`, async () => {
      const { rules: verdicts } = await checkPolicies(rules, [await recordOptions(mode)]);
      assert.deepEqual(
        verdicts.filter(({ result }) => result !== "passed" && result !== "not applicable"),
        [],
      );
      const looked = ["ec2-machine-hardened", "iam-web-identity-limited", "rds-tls-forced", "redshift-tls-required"];
      for (const name of looked) {
        const verdict = verdicts.find(({ rule }) => rule === name);
        assert(verdict && verdict.resources > 0, name);
      }
    });
  }

  it("is priced completely", async () => {
    assert.deepEqual(estimateCost(await recordOptions("update")).unpriced, []);
  });
});
