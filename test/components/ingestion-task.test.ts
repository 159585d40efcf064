import assert from "node:assert/strict";
import { bootstrapCommand } from "../../components/bootstrap.ts";
import { NODE_IMAGE } from "../../components/image.ts";
import { UserError } from "../../runtime/dataset/index.ts";
import { taskParts } from "../support/components.ts";
import { inputs, joined, json, made, recorded, resource, statements } from "../support/pulumi.ts";

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
    const [container] = json(recording, "ingest-definition", "containerDefinitions") as {
      image: string;
      environment: { name: string; value: string }[];
    }[];
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
