import assert from "node:assert/strict";
import { longestName, type NameKind } from "../../components/names.ts";
import { Platform } from "../../components/platform.ts";
import { datasets } from "../../datasets/index.ts";
import type { Recording } from "../../offline/record.ts";
import type { Dataset } from "../../runtime/dataset/index.ts";
import { recorded } from "../support/pulumi.ts";
import { customOf, documentsOf, STACKS, type StackName, stackRecording, stackSettings } from "../support/stacks.ts";

/** Of each ten the same. */
const TEN = Array.from({ length: 10 }, (_, index) => datasets[index % datasets.length]);

/** Datasets with the longest names that there can be, every tenth of which comes after another. */
const many = (count: number): Dataset[] =>
  Array.from({ length: count }, (_, index) => {
    const like = TEN[index % TEN.length];
    assert(like);
    const name = `${String.fromCharCode(97 + (index % 26))}${index}`.padEnd(40, "_long_name");
    const { warehouse, database } = like.load;
    const after =
      index % 10 === 9 ? [`${String.fromCharCode(97 + ((index - 1) % 26))}${index - 1}`.padEnd(40, "_long_name")] : [];
    return {
      ...like,
      name,
      after,
      load: {
        ...(warehouse ? { warehouse: { ...warehouse, table: name } } : {}),
        ...(database ? { database: { table: name } } : {}),
      },
    };
  });

async function evaluated(stack: StackName, given: readonly Dataset[]): Promise<Recording> {
  const settings = await stackSettings(stack, given);
  return recorded(() => new Platform("market-data", settings), { stack, patience: 120_000 });
}

/** Names and the rule for them, by type of resource and property. */
const NAMED: readonly [type: string, property: string, kind: NameKind][] = [
  ["aws:iam/role:Role", "name", "role"],
  ["aws:scheduler/schedule:Schedule", "name", "schedule"],
  ["aws:sfn/stateMachine:StateMachine", "name", "stateMachine"],
  ["aws:cloudwatch/eventRule:EventRule", "name", "rule"],
  ["aws:cloudwatch/metricAlarm:MetricAlarm", "name", "alarm"],
  ["aws:ecs/taskDefinition:TaskDefinition", "family", "taskFamily"],
  ["aws:s3/bucket:Bucket", "bucket", "bucket"],
];

/** Characters that IAM counts: white space is free. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const counted = (document: unknown): number => String(document).replace(/\s/g, "").length;

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, kms/latest/developerguide/resource-limits.html */
const LONGEST: Readonly<Record<string, number>> = {
  "aws:kms/key:Key": 32_768,
  "aws:s3/bucketPolicy:BucketPolicy": 20_480,
  "aws:sqs/queuePolicy:QueuePolicy": 20_480,
  "aws:sns/topicPolicy:TopicPolicy": 30_720,
  "aws:ec2/vpcEndpoint:VpcEndpoint": 20_480,
  "aws:secretsmanager/secretPolicy:SecretPolicy": 20_480,
  "aws:iam/role:Role": 2_048,
  "aws:ecs/taskDefinition:TaskDefinition": 65_536,
};

for (const stack of STACKS)
  describe(`stack ${stack} with 100 datasets`, function () {
    this.timeout(180_000);
    let hundred: Recording;
    before(async () => {
      hundred = await evaluated(stack, many(100));
    });

    it("has documents that are complete at preview and within the limits of AWS", () => {
      const byRole = new Map<string, number>();
      for (const { resource, property, value } of documentsOf(hundred)) {
        assert(typeof value === "string", `${property} of ${resource.name} is not known at preview`);
        const limit = LONGEST[resource.type];
        if (limit) assert(counted(value) <= limit, `${property} of ${resource.name} has ${counted(value)} characters`);
        if (resource.type !== "aws:iam/rolePolicy:RolePolicy") continue;
        const role = String(resource.propertyDependencies.role);
        byRole.set(role, (byRole.get(role) ?? 0) + counted(value));
      }
      assert(byRole.size > 300, `${byRole.size} roles have policies`);
      for (const [role, size] of byRole) assert(size <= 10_240, `the policies of ${role} have ${size} characters`);
    });

    it("has names that AWS takes, each once", () => {
      for (const [type, property, kind] of NAMED) {
        const names = customOf(hundred)
          .filter((each) => each.type === type)
          .map(({ inputs }) => String(inputs[property]));
        assert(names.length > 0, type);
        assert.equal(new Set(names).size, names.length, `${type} has a name twice`);
        for (const name of names) assert(name.length <= longestName(kind), `${type} ${name}`);
      }
    });

    it("has resources in proportion to datasets, few for each", async () => {
      const count = async (number: number) => customOf(await evaluated(stack, many(number))).length;
      const [ten, twenty] = [await count(10), await count(20)];
      const perTen = twenty - ten;
      assert.equal(customOf(hundred).length, ten + 9 * perTen);
      assert(perTen <= 270, `${perTen / 10} for each dataset`);
    });
  });

describe("all stacks together", () => {
  it("share no physical name, so that they can live in one account", async () => {
    const all = await Promise.all(STACKS.map(async (stack) => physicalNames(await stackRecording(stack, "update"))));
    const names = all.flat();
    assert(names.length > 150);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });

  it("have no secret value in inputs, outputs or environments", async () => {
    for (const stack of STACKS) {
      const recording = await stackRecording(stack, "update");
      for (const { name, inputs } of customOf(recording)) {
        const secret = Object.keys(inputs).filter((key) => /password|secretString|token|secretKey/i.test(key));
        const values = secret.filter(
          (key) => !/^(manage|masterUserSecretKmsKeyId|admin.*KmsKeyId)/.test(key) && typeof inputs[key] !== "boolean",
        );
        assert.deepEqual(values, [], name);
      }
      const types = new Set(recording.resources.map(({ type }) => type));
      for (const type of ["aws:secretsmanager/secretVersion:SecretVersion", "aws:iam/accessKey:AccessKey"])
        assert(!types.has(type), type);
    }
  });
});

const PHYSICAL = ["bucket", "family", "identifier", "namespaceName", "workgroupName", "dashboardName"];

/** Physical names by type, as far as they have to be unique in an account. */
const physicalNames = (recording: Recording): string[] => [...new Set(namesOf(recording))];

const namesOf = (recording: Recording): string[] =>
  customOf(recording)
    .filter(({ type }) => !/rolePolicy|parameterGroup|logMetricFilter|:s3\/bucket[A-Z]|:s3\/bucketObject/.test(type))
    .flatMap(({ type, inputs }) => [
      ...PHYSICAL.flatMap((key) => (typeof inputs[key] === "string" ? [`${type} ${inputs[key]}`] : [])),
      ...(typeof inputs.name === "string" ? [`${type} ${inputs.name}`] : []),
    ]);
