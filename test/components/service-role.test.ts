import assert from "node:assert/strict";
import { deploymentContext } from "../../components/context.ts";
import { ServiceRole } from "../../components/service-role.ts";
import { inputs, joined, json, made, recorded, statements } from "../support/pulumi.ts";

const args = () => ({
  context: deploymentContext(),
  description: "Brings in prices",
  service: "scheduler.amazonaws.com",
  sourceArn: "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/datasets",
});

describe("ServiceRole", () => {
  it("is a role that only one service can take, for one source", async () => {
    const recording = await recorded(() => new ServiceRole("prices", { ...args(), label: "daily_prices-task" }));
    assert.deepEqual(made(recording), ["aws:iam/role:Role prices-role", "tidegate:security:ServiceRole prices"]);
    const { assumeRolePolicy, ...rest } = inputs(recording, "prices-role");
    assert.deepEqual(rest, {
      name: "tidegate-test-daily_prices-task",
      description: "Brings in prices",
      maxSessionDuration: 3600,
      forceDetachPolicies: true,
    });
    assert.equal(typeof assumeRolePolicy, "string");
    assert.deepEqual(json(recording, "prices-role", "assumeRolePolicy"), {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "scheduler.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: {
            StringEquals: { "aws:SourceAccount": "123456789012" },
            ArnLike: { "aws:SourceArn": "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/datasets" },
          },
        },
      ],
    });
  });

  it("is for several sources, or for a service that does not say for whom it takes roles", async () => {
    const trustOf = async (sourceArn: string[] | undefined) => {
      const recording = await recorded(() => new ServiceRole("prices", { ...args(), sourceArn }));
      return statements(recording, "prices-role", "assumeRolePolicy")[0]?.Condition;
    };
    assert.deepEqual(await trustOf(["arn:one", "arn:two"]), {
      StringEquals: { "aws:SourceAccount": "123456789012" },
      ArnLike: { "aws:SourceArn": ["arn:one", "arn:two"] },
    });
    assert.equal(await trustOf(undefined), undefined);
  });

  it("gets each right as a policy of its own", async () => {
    const recording = await recorded(() => {
      const role = new ServiceRole("prices", args());
      role.allow("read-it", [{ sid: "Read", actions: ["s3:GetObject"], resources: "arn:aws:s3:::it/*" }]);
      role.allow("write-it", [{ sid: "Write", actions: ["s3:PutObject"], resources: "arn:aws:s3:::it/*" }]);
      assert.equal(role.nodes.policies.length, 2);
    });
    assert.equal(inputs(recording, "prices-read-it").name, "read-it");
    assert.deepEqual(joined(recording, "prices-read-it", "role"), ["prices-role"]);
    assert.deepEqual(statements(recording, "prices-write-it"), [
      { Sid: "Write", Effect: "Allow", Action: ["s3:PutObject"], Resource: "arn:aws:s3:::it/*" },
    ]);
  });

  it("lets its children be changed", async () => {
    const recorded_ = await recorded(() => {
      const transform = { role: { maxSessionDuration: 7200 }, policy: { name: "other" } };
      new ServiceRole("prices", { ...args(), transform }).allow("it", []);
    });
    assert.equal(inputs(recorded_, "prices-role").maxSessionDuration, 7200);
    assert.equal(inputs(recorded_, "prices-role").name, "tidegate-test-prices");
    assert.equal(inputs(recorded_, "prices-it").name, "other");
  });
});
