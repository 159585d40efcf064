import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { bootstrapCommand } from "../../components/bootstrap.ts";
import { deploymentContext } from "../../components/context.ts";
import { EncryptionKey } from "../../components/encryption-key.ts";
import type { Grantee } from "../../components/grantee.ts";
import { NODE_IMAGE } from "../../components/image.ts";
import { Network } from "../../components/network.ts";
import { TaskRunner } from "../../components/task-runner.ts";
import type { Recording } from "../../offline/record.ts";
import { UserError } from "../../runtime/dataset/index.ts";
import { datasetCalled, taskParts } from "../support/components.ts";
import { inputs, joined, json, made, recorded, resource, statements } from "../support/pulumi.ts";

interface Container {
  readonly image: string;
  readonly environment: { name: string; value: string }[];
  readonly secrets: { name: string; valueFrom: string }[];
}

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
      "aws:iam/rolePolicy:RolePolicy ingest-task-write-lake",
      "tidegate:compute:IngestionTask ingest",
      "tidegate:security:ServiceRole ingest-execution",
      "tidegate:security:ServiceRole ingest-task",
    ]);
    assert.equal(inputs(recording, "ingest-task-role").name, "tidegate-test-daily_prices-task");
    assert.equal(inputs(recording, "ingest-execution-role").name, "tidegate-test-daily_prices-execution");
  });

  it("of a dataset without a secret has no right to one", async () => {
    const recording = await recorded(() => taskParts("coinbase_candles"));
    assert.equal(own(made(recording)).filter((name) => name.includes("read-TIINGO_TOKEN")).length, 0);
    const [container] = json(recording, "ingest-definition", "containerDefinitions") as { secrets: unknown }[];
    assert.deepEqual(container?.secrets, []);
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
    });
    assert.deepEqual(joined(recording, "ingest-definition", "taskRoleArn"), ["ingest-task-role"]);
    assert.deepEqual(joined(recording, "ingest-definition", "executionRoleArn"), ["ingest-execution-role"]);
    const other = await recorded(() => taskParts("daily_prices", { architecture: "x86_64" }));
    assert.deepEqual(inputs(other, "ingest-definition").runtimePlatform, {
      operatingSystemFamily: "LINUX",
      cpuArchitecture: "X86_64",
    });
  });

  it("has one container without privileges that starts the artifact", async () => {
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
          { name: "TIDEGATE_LAKE", value: "s3://tidegate-test-lake-123456789012/lake" },
          { name: "TIDEGATE_PLATFORM", value: "tidegate-test" },
        ],
        secrets: [
          {
            name: "TIINGO_TOKEN",
            valueFrom: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:tidegate/test/TIINGO_TOKEN",
          },
        ],
        logConfiguration: {
          logDriver: "awslogs",
          options: {
            "awslogs-group": "/tidegate/test/tasks",
            "awslogs-region": "eu-west-1",
            "awslogs-stream-prefix": "daily_prices",
          },
        },
      },
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
      "ingest-task-read-artifact",
      "ingest-execution-write-logs",
      "ingest-execution-read-TIINGO_TOKEN",
    ])
      assert(names.includes(name), `the task definition does not wait for ${name}`);
  });

  it("writes its own folders of the lake and definitions.json, and nothing else", async () => {
    const [, objects] = statements(await recorded(() => taskParts("daily_prices")), "ingest-task-write-lake");
    const lake = "arn:aws:s3:::tidegate-test-lake-123456789012/lake";
    assert.deepEqual(objects?.Resource, [
      `${lake}/raw/daily_prices/*`,
      `${lake}/processed/daily_prices/*`,
      `${lake}/quarantine/daily_prices/*`,
      `${lake}/state/daily_prices/*`,
      `${lake}/runs/daily_prices/*`,
      `${lake}/definitions.json`,
    ]);
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
      `${lake}/definitions.json`,
    ]);
    const dataset = { ...datasetCalled("daily_prices"), load: {} };
    const neither = await recorded(() => loads.push(taskParts("daily_prices", { ...stores, dataset }).task.loads));
    assert.deepEqual(rightsOf(neither), []);
    assert.deepEqual(loads, [true, false]);
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

  it("has roles that only ECS can take, for this account", async () => {
    const recording = await recorded(() => taskParts("daily_prices"));
    for (const name of ["ingest-task-role", "ingest-execution-role"]) {
      const [trust] = statements(recording, name, "assumeRolePolicy");
      assert.deepEqual(trust?.Principal, { Service: "ecs-tasks.amazonaws.com" });
      assert.deepEqual(trust?.Condition, {
        StringEquals: { "aws:SourceAccount": "123456789012" },
        ArnLike: { "aws:SourceArn": "arn:aws:ecs:eu-west-1:123456789012:*" },
      });
    }
  });

  it("cannot be made without the dataset's secret", async () => {
    await assert.rejects(
      recorded(() => taskParts("daily_prices", { secrets: {} })),
      new UserError("the task of daily_prices cannot be made:", [
        {
          path: "secrets",
          problem: "has no secret of this name",
          value: "TIINGO_TOKEN",
          fix: "create a SourceSecret and pass it",
        },
      ]),
    );
  });
});
