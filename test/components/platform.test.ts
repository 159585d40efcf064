import assert from "node:assert/strict";
import { PROJECT_FOLDER } from "../../components/bundle.ts";
import { Platform, type PlatformArgs } from "../../components/platform.ts";
import { readSettings } from "../../components/settings.ts";
import { datasets } from "../../datasets/index.ts";
import { recordStack } from "../../offline/program.ts";
import type { RecordedResource, Recording } from "../../offline/record.ts";
import { hasUnknown, type Value } from "../../offline/wire.ts";
import { UserError } from "../../runtime/dataset/index.ts";
import { datasetCalled } from "../support/components.ts";
import { inputs, json, made, type Options, recorded, resource } from "../support/pulumi.ts";

const DOCUMENTS = ["policy", "assumeRolePolicy", "containerDefinitions"];

const platform = (args: Partial<PlatformArgs> = {}, options: Options = {}) =>
  recorded(() => new Platform("market-data", { datasets, ...readSettings({}, "tidegate", []), ...args }), options);

const custom = ({ resources }: Recording): RecordedResource[] => resources.filter((each) => each.custom);

function* documents(recording: Recording): Generator<{ name: string; property: string; value: Value }> {
  for (const { name, inputs } of custom(recording))
    for (const property of DOCUMENTS)
      if (inputs[property] !== undefined) yield { name, property, value: inputs[property] };
}

describe("Platform", () => {
  it("is made of these components", async () => {
    assert.deepEqual(
      made(await platform()).filter((name) => name.startsWith("tidegate:") && !/Role|PrivateBucket/.test(name)),
      [
        "tidegate:alerts:Alerts market-data-alerts",
        "tidegate:compute:IngestionTask market-data-coinbase_candles",
        "tidegate:compute:IngestionTask market-data-daily_prices",
        "tidegate:compute:TaskRunner market-data-runner",
        "tidegate:network:Network market-data-network",
        "tidegate:platform:Platform market-data",
        "tidegate:schedule:IngestionSchedule market-data-coinbase_candles-schedule",
        "tidegate:schedule:IngestionSchedule market-data-daily_prices-schedule",
        "tidegate:security:EncryptionKey market-data-key",
        "tidegate:security:SourceSecret market-data-TIINGO_TOKEN",
        "tidegate:storage:ArtifactStore market-data-artifacts",
        "tidegate:storage:DataLake market-data-lake",
      ],
    );
  });

  it("belongs together: every resource hangs below the platform", async () => {
    const { resources } = await platform();
    const byUrn = new Map(resources.map((each) => [each.urn, each]));
    const rootOf = (each: RecordedResource): string => {
      const parent = byUrn.get(each.parent ?? "");
      return parent && parent.type !== "pulumi:pulumi:Stack" ? rootOf(parent) : each.name;
    };
    for (const each of resources.slice(1)) assert.equal(rootOf(each), "market-data", each.urn);
  });

  it("gives its tags to everything that can have tags", async () => {
    const tags = {
      Project: "tidegate",
      Environment: "test",
      Owner: "research",
      CostCenter: "42",
      DataClass: "confidential",
    };
    const taggable: string[] = [];
    await platform(
      { owner: "research", costCenter: "42", dataClass: "confidential" },
      {
        watch: ({ name, props }) => {
          if (!("tags" in props)) return;
          taggable.push(name);
          assert.deepEqual(props.tags, tags, `${name} has other tags`);
        },
      },
    );
    assert.equal(taggable.length, 27);
    for (const name of ["market-data-network-vpc", "market-data-lake-store-bucket", "market-data-key-key"])
      assert(taggable.includes(name), name);
  });

  it("has documents that are complete before anything exists, and within AWS's limits", async () => {
    const found = [...documents(await platform())];
    assert.equal(found.length, 27);
    for (const { name, property, value } of found) {
      assert(typeof value === "string", `${property} of ${name} is not known at preview`);
      JSON.parse(value);
      assert(value.length < 10_240, `${property} of ${name} has ${value.length} characters`);
    }
  });

  it("says the same at preview and afterwards", async () => {
    assert.deepEqual([...documents(await platform())], [...documents(await platform({}, { mode: "update" }))]);
    for (const { name, inputs } of custom(await platform({}, { mode: "update" }))) assert(!hasUnknown(inputs), name);
  });

  it("follows its settings", async () => {
    const recording = await platform(
      {
        lakePrefix: "team/lake",
        networkCidr: "10.8.0.0/16",
        networkZones: 3,
        networkNat: "perZone",
        logRetentionDays: 365,
        alertEmail: "data@example.com",
        architecture: "x86_64",
        schedulesEnabled: false,
        disposable: true,
        sourceUrls: { daily_prices: "https://mirror.example.com" },
      },
      { mode: "update" },
    );
    const { cidrBlock, numberOfAvailabilityZones, natGateways } = inputs(recording, "market-data-network-vpc");
    assert.deepEqual([cidrBlock, numberOfAvailabilityZones, natGateways], ["10.8.0.0/16", 3, { strategy: "OnePerAz" }]);
    assert.equal(inputs(recording, "market-data-runner-logs").retentionInDays, 365);
    assert.equal(inputs(recording, "market-data-alerts-email").endpoint, "data@example.com");
    assert.equal(inputs(recording, "market-data-lake-store-bucket").forceDestroy, true);
    assert.equal(custom(recording).filter((each) => each.protect).length, 0);
    for (const { name } of datasets) {
      assert.equal(inputs(recording, `market-data-${name}-schedule-schedule`).state, "DISABLED");
      const definition = `market-data-${name}-definition`;
      assert.equal((inputs(recording, definition).runtimePlatform as Record<string, Value>).cpuArchitecture, "X86_64");
      const [container] = json(recording, definition, "containerDefinitions") as {
        environment: { name: string; value: string }[];
      }[];
      const environment = Object.fromEntries(container?.environment.map(({ name, value }) => [name, value]) ?? []);
      assert.equal(environment.TIDEGATE_LAKE, "s3://tidegate-test-lake-123456789012/team/lake");
      assert.equal(environment.TIDEGATE_SOURCE_URL, name === "daily_prices" ? "https://mirror.example.com" : undefined);
    }
  });

  it("protects what holds data", async () => {
    const names = custom(await platform())
      .filter((each) => each.protect)
      .map((each) => each.name)
      .sort();
    assert.deepEqual(names, [
      "market-data-TIINGO_TOKEN-secret",
      "market-data-artifacts-store-bucket",
      "market-data-key-key",
      "market-data-lake-store-bucket",
    ]);
  });

  it("lets every component's children be changed", async () => {
    const recording = await platform({
      transform: {
        key: { key: { description: "Ours" } },
        lake: { bucket: { objectLockEnabled: true } },
        artifacts: { object: { contentType: "text/plain" } },
        network: { securityGroup: { description: "Ours" } },
        runner: { cluster: { settings: [] } },
        alerts: { topic: { displayName: "Ours" } },
        secrets: { secret: { description: "Ours" } },
        tasks: { task: { skipDestroy: true }, taskRole: { role: { path: "/ours/" } } },
        schedules: { schedule: { description: "Ours" }, role: { role: { path: "/ours/" } } },
      },
    });
    assert.equal(inputs(recording, "market-data-key-key").description, "Ours");
    assert.equal(inputs(recording, "market-data-lake-store-bucket").objectLockEnabled, true);
    assert.equal(inputs(recording, "market-data-artifacts-ingest").contentType, "text/plain");
    assert.equal(inputs(recording, "market-data-network-tasks").description, "Ours");
    assert.deepEqual(inputs(recording, "market-data-runner-cluster").settings, []);
    assert.equal(inputs(recording, "market-data-alerts-topic").displayName, "Ours");
    assert.equal(inputs(recording, "market-data-TIINGO_TOKEN-secret").description, "Ours");
    assert.equal(inputs(recording, "market-data-daily_prices-definition").skipDestroy, true);
    assert.equal(inputs(recording, "market-data-daily_prices-task-role").path, "/ours/");
    assert.equal(inputs(recording, "market-data-daily_prices-schedule-schedule").description, "Ours");
    assert.equal(inputs(recording, "market-data-daily_prices-schedule-starter-role").path, "/ours/");
  });

  it("refuses two datasets of one name before it makes anything", async () => {
    await assert.rejects(
      platform({ datasets: [...datasets, datasetCalled("daily_prices")] }),
      new UserError("these datasets cannot be deployed together:", [
        { path: "datasets", problem: "two datasets have one name", value: "daily_prices" },
      ]),
    );
  });

  it("grows by the same few resources with each dataset, and shares secrets", async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ ...datasetCalled("daily_prices"), name: `prices_${i}` }));
    const count = async (datasets: PlatformArgs["datasets"]) => custom(await platform({ datasets })).length;
    const [none, one, hundred] = [await count([]), await count(many(1)), await count(many(100))];
    // One dataset brings the secret along.
    assert.equal(one - none, 13);
    assert.equal(hundred - one, 99 * 12);
  }).timeout(20_000);

  it("of another stack shares no physical name", async () => {
    const NAMES = ["name", "bucket", "family"];
    const namesOf = (recording: Recording) =>
      custom(recording)
        .filter(({ type }) => !/rolePolicy|logMetricFilter/.test(type))
        .flatMap(({ inputs }) => NAMES.flatMap((key) => (typeof inputs[key] === "string" ? [inputs[key]] : [])));
    const [one, other] = [namesOf(await platform()), namesOf(await platform({}, { stack: "test-2" }))];
    assert(one.length > 15 && one.length === other.length);
    assert.deepEqual(
      one.filter((name) => other.includes(name)),
      [],
    );
  });
});

describe("the program", () => {
  it("makes stack dev, quickly, and says where everything is", async () => {
    const started = performance.now();
    const recording = await recordStack({ folder: PROJECT_FOLDER, stack: "dev", mode: "update" });
    assert(performance.now() - started < 5_000, "evaluating the program took more than 5 s");
    const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:123456789012:${resource}`;
    const { artifactKey, artifactSha256, keyArn, taskSubnetIds, taskSecurityGroupId, vpcId, ...outputs } =
      recording.outputs;
    assert.deepEqual(outputs, {
      alertTopicArn: arn("sns", "tidegate-dev-alerts"),
      artifactBucket: "tidegate-dev-artifacts-123456789012",
      clusterArn: arn("ecs", "cluster/tidegate-dev-tasks"),
      deadLetterQueueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/tidegate-dev-dead-letters",
      lakeBucket: "tidegate-dev-lake-123456789012",
      lakePrefix: "lake",
      logGroup: "/tidegate/dev/tasks",
      scheduleNames: {
        coinbase_candles: "tidegate-dev-coinbase_candles",
        daily_prices: "tidegate-dev-daily_prices",
      },
      secretNames: { TIINGO_TOKEN: "tidegate/dev/TIINGO_TOKEN" },
      taskDefinitionArns: {
        coinbase_candles: arn("ecs", "task-definition/tidegate-dev-coinbase_candles:1"),
        daily_prices: arn("ecs", "task-definition/tidegate-dev-daily_prices:1"),
      },
    });
    const { outputs: key } = resource(recording, "market-data-key-key");
    assert.equal(keyArn, key.arn);
    assert.match(String(artifactSha256), /^[0-9a-f]{64}$/);
    assert.equal(artifactKey, `artifacts/ingest-${String(artifactSha256).slice(0, 20)}.cjs`);
    const { outputs: vpc } = resource(recording, "market-data-network-vpc");
    assert.deepEqual([taskSubnetIds, vpcId], [vpc.publicSubnetIds, vpc.vpcId]);
    assert.equal(taskSecurityGroupId, resource(recording, "market-data-network-tasks").outputs.id);
  }).timeout(20_000);
});
