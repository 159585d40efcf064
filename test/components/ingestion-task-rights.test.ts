import assert from "node:assert/strict";
import { IngestionTask } from "../../components/ingestion-task.ts";
import { SourceSecret } from "../../components/source-secret.ts";
import { type Dataset, oauth2, requested, rowsOf, UserError } from "../../runtime/dataset/index.ts";
import { taskParts } from "../support/components.ts";
import { datasetCalled } from "../support/datasets.ts";
import { json, made, recorded, statements } from "../support/pulumi.ts";

const own = (names: string[]) => names.filter((name) => / ingest/.test(name));

describe("the rights of an IngestionTask", () => {
  it("of a dataset without a secret has no right to one", async () => {
    const recording = await recorded(() => taskParts("coinbase_candles"));
    assert.equal(own(made(recording)).filter((name) => name.includes("read-TIINGO_TOKEN")).length, 0);
    const [container] = json(recording, "ingest-definition", "containerDefinitions") as { secrets: unknown }[];
    assert.deepEqual(container?.secrets, []);
  });

  it("writes its own folders of the lake, shared budgets and definitions.json, and nothing else", async () => {
    const [, objects] = statements(await recorded(() => taskParts("daily_prices")), "ingest-task-write-lake");
    assert.deepEqual(objects?.Action, ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"]);
    const lake = "arn:aws:s3:::tidegate-test-lake-123456789012/lake";
    assert.deepEqual(objects?.Resource, [
      `${lake}/raw/daily_prices/*`,
      `${lake}/processed/daily_prices/*`,
      `${lake}/quarantine/daily_prices/*`,
      `${lake}/state/daily_prices/*`,
      `${lake}/runs/daily_prices/*`,
      `${lake}/state/.budgets/*`,
      `${lake}/definitions.json`,
      `${lake}/state/daily_prices.index.json`,
    ]);
  });

  it("writes refresh tokens of its own secret, when it has one that its source may renew", async () => {
    const writable = async (options: { readonly refreshToken?: string }) => {
      const auth = oauth2({ tokenUrl: "https://id.example/token", clientId: "ID", clientSecret: "SECRET", ...options });
      const daily = datasetCalled("daily_prices");
      const recording = await recorded(() => {
        const { context, key, ...given } = taskParts("coinbase_candles");
        const secrets = Object.fromEntries(
          ["ID", "SECRET", "REFRESH"].map((secret) => [secret, new SourceSecret(secret, { context, key, secret })]),
        );
        const dataset = { ...daily, source: { ...daily.source, auth } };
        new IngestionTask("renewing", { ...given, context, secrets, dataset });
      });
      const [, objects] = statements(recording, "renewing-task-write-lake");
      return [objects?.Resource].flat().filter((one) => String(one).includes("/state/."));
    };
    const state = "arn:aws:s3:::tidegate-test-lake-123456789012/lake/state";
    assert.deepEqual(await writable({}), [`${state}/.budgets/*`]);
    assert.deepEqual(await writable({ refreshToken: "REFRESH" }), [
      `${state}/.budgets/*`,
      `${state}/.tokens/REFRESH/*`,
    ]);
  });

  it("reads what it was asked for, and of other datasets only the records that its partitions come from", async () => {
    const readable = async (dataset: Partial<Dataset>) => {
      const changed = { ...datasetCalled("daily_prices"), ...dataset };
      const recording = await recorded(() => taskParts("daily_prices", { dataset: changed }));
      const [list, objects] = statements(recording, "ingest-task-read-lake");
      assert.deepEqual(objects?.Action, ["s3:GetObject"]);
      assert(list && objects);
      const { StringLike } = list.Condition as { StringLike: { "s3:prefix": string[] } };
      assert.deepEqual(
        objects.Resource,
        StringLike["s3:prefix"].map((key) => `arn:aws:s3:::tidegate-test-lake-123456789012/${key}`),
      );
      return StringLike["s3:prefix"];
    };
    assert.deepEqual(await readable({}), ["lake/requests/daily_prices/*"]);
    assert.deepEqual(
      await readable({
        partitions: { field: "ticker", values: [], origin: rowsOf("symbols", "ticker") },
        after: ["symbols"],
      }),
      ["lake/requests/daily_prices/*", "lake/processed/symbols/*"],
    );
    assert.deepEqual(await readable({ partitions: { field: "ticker", values: [], origin: requested() } }), [
      "lake/requests/daily_prices/*",
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
