import assert from "node:assert/strict";
import { DataLake } from "../../components/data-lake.ts";
import { TeamGroup, type TeamGroupArgs } from "../../components/team-group.ts";
import { parts } from "../support/components.ts";
import { inputs, joined, made, recorded, statements } from "../support/pulumi.ts";

const LAKE = "arn:aws:s3:::tidegate-test-lake-123456789012";

const team = (args: Partial<TeamGroupArgs> = {}) =>
  recorded(() => {
    const { context, key } = parts();
    const lake = new DataLake("lake", { context, key });
    new TeamGroup("quants", { context, lake, datasets: ["daily_prices"], uploads: ["ftse100"], ...args });
  });

describe("TeamGroup", () => {
  it("is a group with policies; members are made only when they are named, and never with keys or passwords", async () => {
    const names = async (args: Partial<TeamGroupArgs> = {}) =>
      made(await team(args)).filter((name) => name.includes("quants"));
    const group = [
      "aws:iam/group:Group quants-group",
      "aws:iam/groupPolicy:GroupPolicy quants-read-lake",
      "aws:iam/groupPolicy:GroupPolicy quants-register-second-factor",
      "aws:iam/groupPolicy:GroupPolicy quants-write-lake",
    ];
    assert.deepEqual(await names(), [...group, "tidegate:access:TeamGroup quants"]);
    assert.deepEqual(await names({ users: ["mattmcd"] }), [
      ...group,
      "aws:iam/user:User quants-mattmcd",
      "aws:iam/userGroupMembership:UserGroupMembership quants-mattmcd-membership",
      "tidegate:access:TeamGroup quants",
    ]);
  });

  it("puts its users into itself", async () => {
    const recording = await team({ users: ["mattmcd"] });
    assert.deepEqual(inputs(recording, "quants-group"), { name: "tidegate-test-quants" });
    assert.deepEqual(inputs(recording, "quants-mattmcd"), { name: "tidegate-test-mattmcd", forceDestroy: false });
    assert.deepEqual(joined(recording, "quants-mattmcd-membership", "groups"), ["quants-group"]);
    assert.deepEqual(joined(recording, "quants-mattmcd-membership", "user"), ["quants-mattmcd"]);
    assert.deepEqual(joined(recording, "quants-read-lake", "group"), ["quants-group"]);
  });

  it("uploads to its drop folders only, and creates no bucket", async () => {
    const [, objects] = statements(await team({ mfa: false }), "quants-write-lake");
    assert.deepEqual(objects, {
      Sid: "Objects",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"],
      Resource: [`${LAKE}/lake/drop/ftse100/*`],
    });
  });

  it("asks for a second factor for everything but registering one", async () => {
    const recording = await team();
    for (const name of ["quants-read-lake", "quants-write-lake"])
      for (const { Sid, Condition } of statements(recording, name))
        assert.deepEqual(
          (Condition as Record<string, unknown>).Bool,
          { "aws:MultiFactorAuthPresent": "true" },
          `${Sid}`,
        );
    assert.deepEqual(statements(recording, "quants-register-second-factor"), [
      {
        Sid: "OwnSecondFactor",
        Effect: "Allow",
        Action: ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices", "iam:ResyncMFADevice"],
        Resource: [`arn:aws:iam::123456789012:mfa/\${aws:username}`, `arn:aws:iam::123456789012:user/\${aws:username}`],
      },
    ]);
  });

  it("without a second factor has no such condition, and nothing to register", async () => {
    const recording = await team({ mfa: false });
    assert(!made(recording).some((name) => name.includes("second-factor")));
    for (const { Condition } of statements(recording, "quants-read-lake"))
      assert.equal((Condition as Record<string, unknown> | undefined)?.Bool, undefined);
  });

  it("lets its children be changed", async () => {
    const transform = { group: { path: "/teams/" }, policy: { name: "other" }, user: { path: "/people/" } };
    const recording = await team({ transform, users: ["mattmcd"] });
    assert.equal(inputs(recording, "quants-group").path, "/teams/");
    assert.equal(inputs(recording, "quants-read-lake").name, "other");
    assert.equal(inputs(recording, "quants-mattmcd").path, "/people/");
  });
});
