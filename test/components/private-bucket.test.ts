import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { PrivateBucket, type PrivateBucketArgs } from "../../components/private-bucket.ts";
import { UserError } from "../../runtime/dataset/index.ts";
import { parts } from "../support/components.ts";
import { inputs, joined, made, recorded, resource, statements } from "../support/pulumi.ts";

const bucket = (args: Partial<PrivateBucketArgs> = {}, disposable = false) =>
  recorded(() => new PrivateBucket("box", { ...parts({ disposable }), ...args }));

describe("PrivateBucket", () => {
  it("has no lock and no log unless told so", async () => {
    assert.deepEqual(
      made(await bucket()).filter((each) => /box-(lock|logging)/.test(each)),
      [],
    );
  });

  it("keeps versions from being deleted, once it is versioned", async () => {
    const recording = await bucket({ objectLock: { mode: "compliance", days: 400 } });
    assert.deepEqual(inputs(recording, "box-lock").rule, { defaultRetention: { mode: "COMPLIANCE", days: 400 } });
    assert.deepEqual(joined(recording, "box-lock", "bucket"), ["box-bucket"]);
    const { dependencies } = resource(recording, "box-lock");
    assert(dependencies.includes(resource(recording, "box-versioning").urn));
  });

  it("refuses a lock that cannot be, with every reason", async () => {
    await assert.rejects(
      bucket({ objectLock: { mode: "compliance", days: 0.5 } }, true),
      new UserError("this bucket cannot be locked:", [
        { path: "objectLock.days", problem: "is no number of days", value: 0.5, allowed: "1 to 36500" },
        {
          path: "objectLock.mode",
          problem: "what nobody can delete cannot go together with the stack",
          value: "compliance",
          allowed: "governance",
          fix: "or set disposable to false",
        },
      ]),
    );
    await bucket({ objectLock: { mode: "governance", days: 1 } }, true);
  });

  it("logs requests into a folder of its own, by date of the request", async () => {
    const recording = await bucket({ logs: { id: pulumi.output("logs") } });
    const { bucket: _, ...logging } = inputs(recording, "box-logging");
    assert.deepEqual(logging, {
      targetBucket: "logs",
      targetPrefix: "tidegate-test-box-123456789012/",
      targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
    });
    assert.deepEqual(joined(recording, "box-logging", "bucket"), ["box-bucket"]);
  });

  it("has the rules and statements that it is given after its own", async () => {
    const extra = { sid: "Extra", principals: "*", effect: "Deny", actions: ["s3:GetObject"], resources: "*" } as const;
    const rule = { id: "extra", status: "Enabled", filter: { prefix: "old/" }, expiration: { days: 1 } };
    const recording = await bucket({ statements: [extra], lifecycle: [rule] });
    assert.deepEqual(
      statements(recording, "box-policy").map(({ Sid }) => Sid),
      ["DenyWithoutTls", "DenyOldTls", "DenyOtherEncryption", "DenyOtherKey", "DenyCustomerProvidedKey", "Extra"],
    );
    assert.deepEqual((inputs(recording, "box-lifecycle").rules as unknown[]).at(-1), rule);
  });

  it("with S3's own key lets a request name that, and no other", async () => {
    const recording = await bucket({ key: "s3" });
    assert.deepEqual(inputs(recording, "box-encryption").rules, [
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    const sids = statements(recording, "box-policy").map(({ Sid }) => Sid);
    assert.deepEqual(sids, ["DenyWithoutTls", "DenyOldTls", "DenyOtherKey", "DenyCustomerProvidedKey"]);
  });
});
