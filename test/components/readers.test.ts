import assert from "node:assert/strict";
import { DataLake } from "../../components/data-lake.ts";
import { ReaderRole, type ReaderRoleArgs } from "../../components/readers.ts";
import { parts } from "../support/components.ts";
import { inputs, joined, json, made, recorded, statements } from "../support/pulumi.ts";

const LAKE = "arn:aws:s3:::tidegate-test-lake-123456789012";
const PRINCIPAL = "arn:aws:iam::210987654321:role/research";

const reader = (args: Partial<ReaderRoleArgs> = {}) =>
  recorded(() => {
    const { context, key } = parts();
    const lake = new DataLake("lake", { context, key });
    const role = new ReaderRole("research", {
      context,
      lake,
      principals: [PRINCIPAL],
      datasets: ["daily_prices"],
      ...args,
    });
    role.plannedArn.apply((arn) => assert.equal(arn, "arn:aws:iam::123456789012:role/tidegate-test-research"));
  });

const trust = async (args: Partial<ReaderRoleArgs> = {}) =>
  (json(await reader(args), "research-role", "assumeRolePolicy") as { Statement: Record<string, unknown>[] }).Statement;

describe("ReaderRole", () => {
  it("is a role with one policy", async () => {
    const recording = await reader();
    assert.deepEqual(
      made(recording).filter((name) => name.includes("research")),
      [
        "aws:iam/role:Role research-role",
        "aws:iam/rolePolicy:RolePolicy research-read-lake",
        "tidegate:access:ReaderRole research",
      ],
    );
    const { assumeRolePolicy: _, ...role } = inputs(recording, "research-role");
    assert.deepEqual(role, {
      name: "tidegate-test-research",
      description: "Reads 1 datasets of tidegate in stack test",
      maxSessionDuration: 3600,
      forceDetachPolicies: true,
    });
    assert.deepEqual(joined(recording, "research-read-lake", "role"), ["research-role"]);
  });

  it("reads the processed records of its datasets and the definitions, and decrypts them through S3", async () => {
    const keys = ["lake/processed/daily_prices/*", "lake/definitions.json"];
    assert.deepEqual(statements(await reader(), "research-read-lake"), [
      {
        Sid: "List",
        Effect: "Allow",
        Action: ["s3:ListBucket"],
        Resource: LAKE,
        Condition: { StringLike: { "s3:prefix": keys } },
      },
      { Sid: "Objects", Effect: "Allow", Action: ["s3:GetObject"], Resource: keys.map((key) => `${LAKE}/${key}`) },
      {
        Sid: "DecryptThroughS3",
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: "arn:aws:kms:eu-west-1:123456789012:key/*",
        Condition: {
          StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" },
          "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/tidegate-test-key" },
        },
      },
    ]);
  });

  it("reads all datasets, and bundles, and no bundle with a longer name", async () => {
    const all = statements(await reader({ datasets: "all", bundles: ["sharadar"] }), "research-read-lake");
    const resources = all.find(({ Sid }) => Sid === "Objects")?.Resource as string[];
    assert.deepEqual(resources, [
      `${LAKE}/lake/processed/*`,
      `${LAKE}/lake/zipline-data/sharadar/*`,
      `${LAKE}/lake/definitions.json`,
      `${LAKE}/lake/zipline-data/sharadar-2???????.tar.gz`,
      `${LAKE}/lake/zipline-data/sharadar-2???????.*.tar.gz`,
    ]);
    const matches = (key: string) => resources.some((pattern) => like(pattern, `${LAKE}/lake/zipline-data/${key}`));
    for (const key of ["sharadar-20261121.tar.gz", "sharadar-20261121.2.tar.gz", "sharadar/latest.json"])
      assert(matches(key), key);
    for (const key of ["sharadar-foo-20261121.tar.gz", "sharadar-foo/latest.json"]) assert(!matches(key), key);
  });

  it("trusts exactly its principals, an account by its root", async () => {
    const [statement, ...others] = await trust({ principals: [PRINCIPAL, "210987654321"] });
    assert.deepEqual(others, []);
    assert.deepEqual(statement, {
      Effect: "Allow",
      Principal: { AWS: [PRINCIPAL, "arn:aws:iam::210987654321:root"] },
      Action: "sts:AssumeRole",
    });
  });

  it("asks for a second factor and an external id on demand", async () => {
    const [statement] = await trust({ mfa: true, externalId: "a1b2" });
    assert.deepEqual(statement?.Condition, {
      StringEquals: { "sts:ExternalId": "a1b2" },
      Bool: { "aws:MultiFactorAuthPresent": "true" },
    });
    const [without] = await trust({ mfa: false });
    assert.equal(without?.Condition, undefined);
  });

  it("lets its children be changed", async () => {
    const recording = await reader({ transform: { role: { path: "/people/" }, policy: { name: "other" } } });
    assert.equal(inputs(recording, "research-role").path, "/people/");
    assert.equal(inputs(recording, "research-read-lake").name, "other");
  });
});

/** Whether a pattern of a policy matches: `*` is any text, `?` any character. */
function like(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.\\+^$()[\]{}|]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(text);
}
