import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Artifact } from "../../components/artifacts.ts";
import { bootstrapCommand } from "../../components/bootstrap.ts";
import { deploymentContext } from "../../components/context.ts";
import { EncryptionKey } from "../../components/encryption-key.ts";
import type { Grantee } from "../../components/grantee.ts";
import { NODE_IMAGE } from "../../components/image.ts";
import { IngestionTask } from "../../components/ingestion-task.ts";
import { Network } from "../../components/network.ts";
import { SourceSecret } from "../../components/source-secret.ts";
import { TaskRunner } from "../../components/task-runner.ts";
import { checkPolicies } from "../../offline/policy.ts";
import type { Recording } from "../../offline/record.ts";
import { rules } from "../../policies/rules/index.ts";
import { defineDataset, withSource } from "../../runtime/dataset/index.ts";
import { taskParts } from "../support/components.ts";
import { datasetCalled } from "../support/datasets.ts";
import { inputs, joined, json, made, recorded, resource, statements } from "../support/pulumi.ts";
import { twoProviders } from "../support/two-providers.ts";

interface Container {
  readonly mountPoints: object[];
  readonly dependsOn: object[];
  readonly image: string;
  readonly environment: { name: string; value: string }[];
  readonly secrets: { name: string; valueFrom: string }[];
}

const LOG = {
  logDriver: "awslogs",
  options: {
    "awslogs-group": "/tidegate/test/tasks",
    "awslogs-region": "eu-west-1",
    "awslogs-stream-prefix": "daily_prices",
  },
};

const HARDENED = {
  image: NODE_IMAGE,
  privileged: false,
  readonlyRootFilesystem: true,
  linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["ALL"] } },
  stopTimeout: 120,
  logConfiguration: LOG,
};

const HAND_OVER = 'for (const path of process.argv.slice(1)) require("node:fs").chmodSync(path, 0o1777)';
const PREPARING = {
  ...HARDENED,
  name: "prepare-volumes",
  essential: false,
  command: ["node", "-e", HAND_OVER, "/tmp"],
  user: "0",
  environment: [],
  secrets: [],
  mountPoints: [{ sourceVolume: "scratch", containerPath: "/tmp", readOnly: false }],
};

const own = (names: string[]) => names.filter((name) => / ingest/.test(name));

describe("IngestionTask", () => {
  it("is a task definition and its two roles, each with its own rights", async () => {
    const recording = await recorded(() => taskParts("daily_prices"));
    assert.deepEqual(own(made(recording)), [
      "aws:ecs/taskDefinition:TaskDefinition ingest-definition",
      "aws:iam/role:Role ingest-execution-role",
      "aws:iam/role:Role ingest-task-role",
      "aws:iam/rolePolicy:RolePolicy ingest-execution-read-TIINGO_TOKEN",
      "aws:iam/rolePolicy:RolePolicy ingest-execution-write-logs",
      "aws:iam/rolePolicy:RolePolicy ingest-task-read-artifact",
      "aws:iam/rolePolicy:RolePolicy ingest-task-read-lake",
      "aws:iam/rolePolicy:RolePolicy ingest-task-write-lake",
      "tidegate:compute:IngestionTask ingest",
      "tidegate:security:ServiceRole ingest-execution",
      "tidegate:security:ServiceRole ingest-task",
    ]);
    assert.equal(inputs(recording, "ingest-task-role").name, "tidegate-test-daily_prices-task");
    assert.equal(inputs(recording, "ingest-execution-role").name, "tidegate-test-daily_prices-execution");
  });

  it("runs on Fargate, sized as the dataset says", async () => {
    const recording = await recorded(() => taskParts("daily_prices"));
    const {
      containerDefinitions: _,
      taskRoleArn: __,
      executionRoleArn: ___,
      ...rest
    } = inputs(recording, "ingest-definition");
    assert.deepEqual(rest, {
      family: "tidegate-test-daily_prices",
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "ARM64" },
      volumes: [{ name: "scratch" }],
    });
    assert.deepEqual(joined(recording, "ingest-definition", "taskRoleArn"), ["ingest-task-role"]);
    assert.deepEqual(joined(recording, "ingest-definition", "executionRoleArn"), ["ingest-execution-role"]);
    const other = await recorded(() => taskParts("daily_prices", { architecture: "x86_64" }));
    assert.deepEqual(inputs(other, "ingest-definition").runtimePlatform, {
      operatingSystemFamily: "LINUX",
      cpuArchitecture: "X86_64",
    });
  });

  it("has one container without privileges that starts the artifact, and one before it that hands /tmp over", async () => {
    let sha256 = "";
    let key = "";
    const recording = await recorded(() => {
      ({ sha256, key } = taskParts("daily_prices").artifact);
    });
    assert.deepEqual(json(recording, "ingest-definition", "containerDefinitions"), [
      {
        name: "daily_prices",
        image: NODE_IMAGE,
        essential: true,
        command: bootstrapCommand(),
        user: "node",
        privileged: false,
        readonlyRootFilesystem: true,
        linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["ALL"] } },
        stopTimeout: 120,
        environment: [
          { name: "TIDEGATE_ARTIFACT", value: `s3://tidegate-test-artifacts-123456789012/${key}` },
          { name: "TIDEGATE_ARTIFACT_SHA256", value: sha256 },
          { name: "TIDEGATE_DATASET", value: "daily_prices" },
          { name: "TIDEGATE_DATASETS", value: "daily_prices" },
          { name: "TIDEGATE_LAKE", value: "s3://tidegate-test-lake-123456789012/lake" },
          { name: "TIDEGATE_PLATFORM", value: "tidegate-test" },
        ],
        secrets: [
          {
            name: "TIINGO_TOKEN",
            valueFrom: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:tidegate/test/TIINGO_TOKEN",
          },
        ],
        mountPoints: [{ sourceVolume: "scratch", containerPath: "/tmp", readOnly: false }],
        dependsOn: [{ containerName: "prepare-volumes", condition: "SUCCESS" }],
        logConfiguration: LOG,
      },
      PREPARING,
    ]);
  });

  it("is told another base URL and image when there is one", async () => {
    const image = `registry.example.com/node:24@sha256:${"0".repeat(64)}`;
    const recording = await recorded(() =>
      taskParts("daily_prices", { image, sourceUrl: "https://mirror.example.com" }),
    );
    const [container] = json(recording, "ingest-definition", "containerDefinitions") as Container[];
    assert.equal(container?.image, image);
    assert.deepEqual(container?.environment.at(-1), {
      name: "TIDEGATE_SOURCE_URL",
      value: "https://mirror.example.com",
    });
  });

  it("waits for its artifact, its log group and its roles' rights", async () => {
    const { dependencies } = resource(await recorded(() => taskParts("daily_prices")), "ingest-definition");
    const names = dependencies.map((urn) => urn.split("::").at(-1));
    for (const name of [
      "artifacts-program",
      "runner-logs",
      "ingest-task-write-lake",
      "ingest-task-read-lake",
      "ingest-task-read-artifact",
      "ingest-execution-write-logs",
      "ingest-execution-read-TIINGO_TOKEN",
    ])
      assert(names.includes(name), `the task definition does not wait for ${name}`);
  });

  it("knows what the platform has, the chosen source, and of secrets only those of that source", async () => {
    const dataset = withSource(
      defineDataset({ ...twoProviders, name: "daily_prices", partitions: { ticker: ["A"] } }),
      "other",
    );
    const recording = await recorded(() => {
      const { context, key, ...given } = taskParts("coinbase_candles");
      const secrets = { OTHER_KEY: new SourceSecret("other", { context, key, secret: "OTHER_KEY" }) };
      const datasets = [dataset, given.dataset];
      new IngestionTask("chosen", { ...given, context, secrets, dataset, datasets });
    });
    const [container] = json(recording, "chosen-definition", "containerDefinitions") as Container[];
    const value = (name: string) => container?.environment.find((one) => one.name === name)?.value;
    assert.equal(value("TIDEGATE_DATASETS"), "daily_prices,coinbase_candles");
    assert.equal(value("TIDEGATE_SOURCE"), "other");
    assert.deepEqual(
      container?.secrets.map(({ name }) => name),
      ["OTHER_KEY"],
    );
    assert.deepEqual(
      made(recording).filter((name) => / chosen-execution-read/.test(name)),
      ["aws:iam/rolePolicy:RolePolicy chosen-execution-read-OTHER_KEY"],
    );
  });

  it("loads into warehouse and database when there are some, and only where the dataset has a table", async () => {
    const stores = {
      warehouse: {
        url: pulumi.output("redshift-serverless://work/market"),
        grantLoad: (role: Grantee) => role.allow("load-warehouse", []),
      },
      database: {
        plannedAddressArn: pulumi.output("arn:aws:ssm:eu-west-1:123456789012:parameter/tidegate/test/database"),
        grantAddress: (role: Grantee) => role.allow("read-database-address", []),
        grantConnect: (role: Grantee) => role.allow("connect-database", []),
      },
    };
    const rightsOf = (recording: Recording) =>
      own(made(recording)).filter((name) => /load-warehouse|database/.test(name));
    const loads: boolean[] = [];
    const both = await recorded(() => loads.push(taskParts("daily_prices", stores).task.loads));
    assert.deepEqual(rightsOf(both), [
      "aws:iam/rolePolicy:RolePolicy ingest-execution-read-database-address",
      "aws:iam/rolePolicy:RolePolicy ingest-task-connect-database",
      "aws:iam/rolePolicy:RolePolicy ingest-task-load-warehouse",
    ]);
    const [container] = json(both, "ingest-definition", "containerDefinitions") as Container[];
    assert.deepEqual(
      container?.environment.filter(({ name }) => name === "TIDEGATE_WAREHOUSE"),
      [{ name: "TIDEGATE_WAREHOUSE", value: "redshift-serverless://work/market" }],
    );
    assert.deepEqual(
      container?.secrets.filter(({ name }) => name === "TIDEGATE_DATABASE"),
      [
        {
          name: "TIDEGATE_DATABASE",
          valueFrom: "arn:aws:ssm:eu-west-1:123456789012:parameter/tidegate/test/database",
        },
      ],
    );
    const [, objects] = statements(both, "ingest-task-write-lake");
    const lake = "arn:aws:s3:::tidegate-test-lake-123456789012/lake";
    assert.deepEqual(objects?.Resource, [
      ...["raw", "processed", "quarantine", "state", "runs"].map((folder) => `${lake}/${folder}/daily_prices/*`),
      `${lake}/loads/warehouse/daily_prices/*`,
      `${lake}/loads/database/daily_prices/*`,
      `${lake}/state/.budgets/*`,
      `${lake}/definitions.json`,
      `${lake}/state/daily_prices.index.json`,
    ]);
    const dataset = { ...datasetCalled("daily_prices"), load: {} };
    const neither = await recorded(() => loads.push(taskParts("daily_prices", { ...stores, dataset }).task.loads));
    assert.deepEqual(rightsOf(neither), []);
    assert.deepEqual(loads, [true, false]);
  });

  it("finds the newest bundles as files that it cannot change, which another container has fetched before", async () => {
    let pull: Artifact | undefined;
    const recording = await recorded(() => {
      const given = taskParts("coinbase_candles");
      pull = given.artifacts.add("pull-bundles", "runtime/tasks/pull-bundles.ts");
      const bundles = { names: ["sharadar", "funds"], path: "/data/bundles", artifact: pull };
      new IngestionTask("files", { ...given, dataset: datasetCalled("daily_prices"), bundles });
    });
    assert(pull);
    assert.deepEqual(inputs(recording, "files-definition").volumes, [{ name: "scratch" }, { name: "bundles" }]);
    const [program, ...before] = json(recording, "files-definition", "containerDefinitions") as Container[];
    const scratch = { sourceVolume: "scratch", containerPath: "/tmp", readOnly: false };
    const mount = { sourceVolume: "bundles", containerPath: "/data/bundles" };
    assert.deepEqual(program?.mountPoints, [scratch, { ...mount, readOnly: true }]);
    assert.deepEqual(program?.dependsOn, [
      { containerName: "prepare-volumes", condition: "SUCCESS" },
      { containerName: "pull-bundles", condition: "SUCCESS" },
    ]);
    assert.deepEqual(before, [
      {
        ...PREPARING,
        command: ["node", "-e", HAND_OVER, "/tmp", "/data/bundles"],
        mountPoints: [scratch, { ...mount, readOnly: false }],
      },
      {
        ...HARDENED,
        name: "pull-bundles",
        essential: false,
        command: bootstrapCommand(),
        user: "node",
        environment: [
          { name: "TIDEGATE_ARTIFACT", value: `s3://tidegate-test-artifacts-123456789012/${pull.key}` },
          { name: "TIDEGATE_ARTIFACT_SHA256", value: pull.sha256 },
          { name: "TIDEGATE_BUNDLES", value: "sharadar,funds" },
          { name: "TIDEGATE_BUNDLES_FOLDER", value: "/data/bundles" },
          { name: "TIDEGATE_LAKE", value: "s3://tidegate-test-lake-123456789012/lake" },
        ],
        secrets: [],
        mountPoints: [{ ...mount, readOnly: false }],
        dependsOn: [{ containerName: "prepare-volumes", condition: "SUCCESS" }],
      },
    ]);
    const [, objects] = statements(recording, "files-task-read-lake");
    const lake = "arn:aws:s3:::tidegate-test-lake-123456789012/lake";
    assert.deepEqual(objects?.Resource, [
      `${lake}/requests/daily_prices/*`,
      ...["sharadar", "funds"].map((bundle) => `${lake}/zipline-data/${bundle}/*`),
      ...["sharadar", "funds"].flatMap((bundle) => [
        `${lake}/zipline-data/${bundle}-2???????.tar.gz`,
        `${lake}/zipline-data/${bundle}-2???????.*.tar.gz`,
      ]),
    ]);
    const [, artifacts] = statements(recording, "files-task-read-artifact");
    assert.match(String(artifacts?.Resource), /artifacts\/pull-bundles-/);
    const { dependencies } = resource(recording, "files-definition");
    assert(dependencies.some((urn) => urn.endsWith("::artifacts-pull-bundles")));
  });

  it("passes every policy with its volumes, before and after the first deployment", async () => {
    const program = () => {
      const given = taskParts("coinbase_candles");
      const artifact = given.artifacts.add("pull-bundles", "runtime/tasks/pull-bundles.ts");
      new IngestionTask("files", {
        ...given,
        dataset: datasetCalled("daily_prices"),
        bundles: { names: ["sharadar"], artifact },
      });
    };
    const recordings = [await recorded(program), await recorded(program, { mode: "update" })];
    const { rules: verdicts } = await checkPolicies(rules, recordings);
    const found = verdicts.flatMap(({ violations }) =>
      violations.filter(({ urn }) => /::(files|ingest)/.test(urn ?? "")).map(({ message }) => message),
    );
    assert.deepEqual(found, []);
  });

  it("fits EC2 and Fargate where the runner has both", async () => {
    const recording = await recorded(() => {
      const context = deploymentContext();
      const key = new EncryptionKey("other-key", { context, label: "other" });
      const network = new Network("machines", { context, key, vpc: { kind: "new", nat: "single" }, buckets: [] });
      const runner = new TaskRunner("ec2", { context, key, capacity: { kind: "ec2-spot", network } });
      taskParts("daily_prices", { runner });
    });
    assert.deepEqual(inputs(recording, "ingest-definition").requiresCompatibilities, ["EC2", "FARGATE"]);
  });
});
