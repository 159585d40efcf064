import assert from "node:assert/strict";
import { PROJECT_FOLDER } from "../../components/bundle.ts";
import { Platform, type PlatformArgs } from "../../components/platform.ts";
import { readSettings } from "../../components/settings.ts";
import { recordStack } from "../../offline/program.ts";
import type { RecordedResource, Recording } from "../../offline/record.ts";
import { hasUnknown, type Value } from "../../offline/wire.ts";
import { UserError } from "../../runtime/dataset/index.ts";
import { datasetCalled, TWO_DATASETS as datasets } from "../support/datasets.ts";
import { inputs, json, made, type Options, recorded } from "../support/pulumi.ts";
import { customOf, documentsOf } from "../support/stacks.ts";

const base = (args: Partial<PlatformArgs> = {}): PlatformArgs => ({
  ...readSettings({}, "tidegate", []),
  datasets,
  ...args,
});

const platform = (args: Partial<PlatformArgs> = {}, options: Options = {}) =>
  recorded(() => new Platform("market-data", base(args)), options);

/** Every part that a stack can have. */
const EVERYTHING: Partial<PlatformArgs> = {
  networkZones: 3,
  warehouse: "serverless",
  database: "postgres",
  databaseProxy: true,
  lakeReplicaRegion: "eu-central-1",
  lakeLockMode: "governance",
  alertEmails: ["data@example.com"],
  budgetUsd: 100,
  readers: [{ name: "research", principals: ["210987654321"], datasets: "all", bundles: [], mfa: false }],
  ci: {
    repository: "acme/market-data",
    createProvider: true,
    preview: { pullRequests: true, branches: ["main"], policies: ["arn:aws:iam::aws:policy/SecurityAudit"] },
    deploy: {
      environments: ["production"],
      branches: [],
      policies: ["arn:aws:iam::123456789012:policy/deploy"],
    },
  },
  team: { name: "quants", datasets: ["daily_prices"], bundles: [], uploads: ["ftse100"], users: [], mfa: true },
};

describe("Platform", () => {
  it("is made of these components", async () => {
    assert.deepEqual(
      made(await platform(EVERYTHING))
        .filter((name) => name.startsWith("tidegate:"))
        .filter((name) => !/ServiceRole|PrivateBucket|FlowLog|Endpoints|Replica|Schedule|Proxy/.test(name)),
      [
        "tidegate:access:CiRole market-data-ci-deploy",
        "tidegate:access:CiRole market-data-ci-preview",
        "tidegate:access:ReaderRole market-data-research-reader",
        "tidegate:access:TeamGroup market-data-quants-team",
        "tidegate:alerts:Alerts market-data-alerts",
        "tidegate:alerts:Dashboard market-data-dashboard",
        "tidegate:alerts:Spending market-data-spending",
        "tidegate:compute:IngestionTask market-data-coinbase_candles",
        "tidegate:compute:IngestionTask market-data-daily_prices",
        "tidegate:compute:TaskRunner market-data-runner",
        "tidegate:database:Database market-data-database",
        "tidegate:database:DatabaseSetup market-data-database-setup",
        "tidegate:network:Network market-data-network",
        "tidegate:pipeline:DatasetPipeline market-data-coinbase_candles-pipeline",
        "tidegate:pipeline:DatasetPipeline market-data-daily_prices-pipeline",
        "tidegate:pipeline:PipelineGroup market-data-pipelines",
        "tidegate:platform:Platform market-data",
        "tidegate:security:EncryptionKey market-data-key",
        "tidegate:security:EncryptionKey market-data-lake-replica-key",
        "tidegate:security:SourceSecret market-data-TIINGO_TOKEN",
        "tidegate:storage:ArtifactStore market-data-artifacts",
        "tidegate:storage:DataLake market-data-lake",
        "tidegate:storage:LogBucket market-data-access-logs",
        "tidegate:warehouse:ServerlessWarehouse market-data-warehouse",
      ],
    );
  });

  it("belongs together: every resource hangs below the platform", async () => {
    const { resources } = await platform(EVERYTHING);
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
      Platform: "tidegate-test",
      Owner: "research",
      CostCenter: "42",
      DataClass: "confidential",
      Disposable: "false",
    };
    const taggable: string[] = [];
    await platform(
      { ...EVERYTHING, owner: "research", costCenter: "42", dataClass: "confidential" },
      {
        watch: ({ name, props }) => {
          if (!("tags" in props)) return;
          taggable.push(name);
          for (const [key, value] of Object.entries(tags)) assert.equal(props.tags?.[key], value, `${name}: ${key}`);
        },
      },
    );
    assert(taggable.length > 60, `only ${taggable.length}`);
    for (const name of ["network-vpc", "lake-store-bucket", "key-key", "database-instance", "spending-budget"])
      assert(taggable.includes(`market-data-${name}`), name);
  });

  it("has documents that are complete before anything exists, the same afterwards", async () => {
    const [before, after] = [await platform(EVERYTHING), await platform(EVERYTHING, { mode: "update" })];
    const text = ({ resource, property, value }: ReturnType<typeof documentsOf>[number]) => {
      assert(typeof value === "string", `${property} of ${resource.name} is not known`);
      JSON.parse(value);
      return [resource.name, property, value];
    };
    const sorted = (recording: Recording) =>
      documentsOf(recording)
        .map(text)
        .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
    const found = sorted(before);
    assert(found.length > 60);
    assert.deepEqual(found, sorted(after));
    for (const { name, inputs } of customOf(after)) assert(!hasUnknown(inputs), name);
  });

  it("follows its settings", async () => {
    const recording = await platform(
      {
        ...EVERYTHING,
        lakePrefix: "team/lake",
        networkCidr: "10.8.0.0/16",
        networkNat: "perZone",
        logRetentionDays: 365,
        architecture: "x86_64",
        schedulesEnabled: false,
        disposable: true,
        lakeLockMode: "none",
        sourceUrls: { daily_prices: "https://mirror.example.com" },
      },
      { mode: "update" },
    );
    const { cidrBlock, numberOfAvailabilityZones, natGateways } = inputs(recording, "market-data-network-vpc");
    assert.deepEqual([cidrBlock, numberOfAvailabilityZones, natGateways], ["10.8.0.0/16", 3, { strategy: "OnePerAz" }]);
    for (const group of customOf(recording).filter(({ type }) => type === "aws:cloudwatch/logGroup:LogGroup"))
      assert.equal(group.inputs.retentionInDays, 365, group.name);
    assert.equal(inputs(recording, "market-data-lake-store-bucket").forceDestroy, true);
    assert.equal(inputs(recording, "market-data-database-instance").deletionProtection, false);
    assert.equal(customOf(recording).filter((each) => each.protect).length, 0);
    assert.equal(inputs(recording, "market-data-spending-budget").limitAmount, "100.00");
    for (const { name } of datasets) {
      assert.equal(inputs(recording, `market-data-${name}-pipeline-schedule-schedule`).state, "DISABLED");
      const definition = `market-data-${name}-definition`;
      assert.equal((inputs(recording, definition).runtimePlatform as Record<string, Value>).cpuArchitecture, "X86_64");
      const { environment, secrets } = containerOf(recording, definition);
      assert.equal(environment.TIDEGATE_LAKE, "s3://tidegate-test-lake-123456789012/team/lake");
      assert.equal(environment.TIDEGATE_SOURCE_URL, name === "daily_prices" ? "https://mirror.example.com" : undefined);
      assert.match(String(environment.TIDEGATE_WAREHOUSE), /^redshift-serverless:\/\//);
      assert.match(String(secrets.TIDEGATE_DATABASE), /^arn:aws:ssm:/);
    }
  });

  it("tells tasks of no warehouse and no database where there is none", async () => {
    const recording = await platform();
    const { environment, secrets } = containerOf(recording, "market-data-daily_prices-definition");
    assert.deepEqual([environment.TIDEGATE_WAREHOUSE, secrets.TIDEGATE_DATABASE], [undefined, undefined]);
    assert.deepEqual(
      made(recording).filter((name) => /rds|redshift|budgets|iam\/(group|user)|openId/.test(name)),
      [],
    );
  });

  it("protects what holds data", async () => {
    const names = customOf(await platform({ ...EVERYTHING, lakeReplicaRegion: "" }))
      .filter((each) => each.protect)
      .map((each) => each.name.replace("market-data-", ""))
      .sort();
    assert.deepEqual(names, [
      "TIINGO_TOKEN-secret",
      "access-logs-store-bucket",
      "artifacts-store-bucket",
      "database-instance",
      "key-key",
      "lake-store-bucket",
      "warehouse-namespace",
    ]);
  });

  it("lets every component's children be changed", async () => {
    const role = { role: { path: "/ours/" } };
    const recording = await platform({
      ...EVERYTHING,
      transform: {
        key: { key: { description: "Ours" } },
        accessLogs: { bucket: { tags: { Ours: "yes" } } },
        lake: { bucket: { tags: { Ours: "yes" } } },
        artifacts: { object: { contentType: "text/plain" } },
        network: { securityGroup: { description: "Ours" } },
        runner: { cluster: { settings: [] } },
        alerts: { topic: { displayName: "Ours" } },
        serverlessWarehouse: { namespace: { dbName: "ours" } },
        databaseSetup: { task: { skipDestroy: true } },
        database: { instance: { engineVersion: "17.4" } },
        secrets: { secret: { description: "Ours" } },
        tasks: { task: { skipDestroy: true }, taskRole: role },
        pipelineGroup: { logGroup: { skipDestroy: true } },
        pipelines: { machine: { publish: true }, role },
        dashboard: { dashboard: { dashboardName: "ours" } },
        spending: { budget: { limitAmount: "1.00" } },
        readers: role,
        ci: role,
        team: { group: { path: "/ours/" } },
      },
    });
    const changed: [name: string, property: string, value: unknown][] = [
      ["key-key", "description", "Ours"],
      ["artifacts-ingest", "contentType", "text/plain"],
      ["network-tasks", "description", "Ours"],
      ["runner-cluster", "settings", []],
      ["alerts-topic", "displayName", "Ours"],
      ["warehouse-namespace", "dbName", "ours"],
      ["database-instance", "engineVersion", "17.4"],
      ["TIINGO_TOKEN-secret", "description", "Ours"],
      ["daily_prices-definition", "skipDestroy", true],
      ["daily_prices-task-role", "path", "/ours/"],
      ["pipelines-logs", "skipDestroy", true],
      ["daily_prices-pipeline-machine", "publish", true],
      ["dashboard-dashboard", "dashboardName", "ours"],
      ["spending-budget", "limitAmount", "1.00"],
      ["research-reader-role", "path", "/ours/"],
      ["ci-deploy-role", "path", "/ours/"],
      ["quants-team-group", "path", "/ours/"],
    ];
    for (const [name, property, value] of changed)
      assert.deepEqual(inputs(recording, `market-data-${name}`)[property], value, name);
    for (const bucket of ["lake", "access-logs"])
      assert.equal((inputs(recording, `market-data-${bucket}-store-bucket`).tags as Record<string, Value>).Ours, "yes");
  });

  it("refuses datasets that cannot be deployed together before it makes anything", async () => {
    const types: string[] = [];
    const twice = platform(
      { datasets: [...datasets, datasetCalled("daily_prices")] },
      { watch: ({ type }) => types.push(type) },
    );
    await assert.rejects(
      twice,
      new UserError("these datasets cannot be deployed together:", [
        { path: "datasets", problem: "two datasets have one name", value: "daily_prices" },
      ]),
    );
    assert.deepEqual(types, []);
  });

  it("of another stack shares no physical name", async () => {
    const [one, other] = [await names("test"), await names("test-2")];
    assert(one.length > 60 && one.length === other.length, `${one.length} and ${other.length}`);
    assert.deepEqual(
      one.filter((name) => other.includes(name)),
      [],
    );
  });
});

describe("the program", () => {
  it("makes stack dev within 5 seconds", async () => {
    const started = performance.now();
    await recordStack({ folder: PROJECT_FOLDER, stack: "dev", mode: "update" });
    assert(performance.now() - started < 5_000, "evaluating the program took more than 5 s");
  }).timeout(20_000);
});

const NAMES = ["name", "bucket", "family", "identifier", "namespaceName", "workgroupName", "dashboardName"];

/** Physical names that have to be unique in an account; those of inline policies and address parts are not. */
async function names(stack: string): Promise<string[]> {
  const recording = await platform({ ...EVERYTHING, ci: undefined as never }, { stack, mode: "update" });
  return customOf(recording)
    .filter(({ type }) => !/rolePolicy|groupPolicy|parameterGroup|logMetricFilter|:s3\/bucket[A-Z]/.test(type))
    .flatMap(({ inputs }) => NAMES.flatMap((key) => (typeof inputs[key] === "string" ? [inputs[key]] : [])));
}

type Named = readonly { readonly name: string; readonly value?: string; readonly valueFrom?: string }[];

/** The variables and secrets of a task's container, by name. */
function containerOf(recording: Recording, definition: string) {
  const [container] = json(recording, definition, "containerDefinitions") as { environment: Named; secrets: Named }[];
  const byName = (list: Named = []) => Object.fromEntries(list.map((one) => [one.name, one.value ?? one.valueFrom]));
  return { environment: byName(container?.environment), secrets: byName(container?.secrets) };
}
