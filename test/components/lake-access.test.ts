import assert from "node:assert/strict";
import { DataLake, type DataLakeArgs } from "../../components/data-lake.ts";
import { UserError } from "../../runtime/dataset/index.ts";
import { parts } from "../support/components.ts";
import { refusals } from "../support/denials.ts";
import { recorded, statements } from "../support/pulumi.ts";

const BUCKET = "arn:aws:s3:::tidegate-test-lake-123456789012";
const DOORS = {
  network: "10.40.0.0/16",
  endpoints: ["vpce-0a1b2c3d"],
  cidrs: ["203.0.113.0/24", "2001:db8::/32"],
  principals: ["arn:aws:iam::123456789012:role/analyst-*"],
};

const policyOf = async (args: Partial<DataLakeArgs>, disposable = false) =>
  statements(await recorded(() => new DataLake("lake", { ...parts({ disposable }), ...args })), "lake-store-policy");

const TASK = "arn:aws:iam::123456789012:role/tidegate-test-daily_prices-task";
const TLS = { "aws:SecureTransport": "true", "s3:TlsVersion": "1.3" };
/** A task in the platform's network. */
const INSIDE = {
  ...TLS,
  "aws:PrincipalArn": TASK,
  "aws:PrincipalIsAWSService": "false",
  "aws:ViaAWSService": "false",
  "aws:VpceAccount": "123456789012",
  "aws:VpcSourceIp": "10.40.7.9",
  "aws:SourceVpce": "vpce-0fffffff",
};
/** Somebody with the rights of a task, on the internet. */
const OUTSIDE = {
  ...TLS,
  "aws:PrincipalArn": TASK,
  "aws:PrincipalIsAWSService": "false",
  "aws:ViaAWSService": "false",
  "aws:SourceIp": "198.51.100.7",
};

describe("access to the lake", () => {
  it("is limited by nothing but rights unless told so", async () => {
    const policy = await policyOf({});
    for (const keys of [INSIDE, OUTSIDE])
      assert.deepEqual(refusals(policy, { action: "s3:GetObject", resource: `${BUCKET}/lake/a`, keys }), []);
    assert.deepEqual(
      refusals(policy, {
        action: "s3:GetObject",
        resource: `${BUCKET}/lake/a`,
        keys: { ...OUTSIDE, "s3:TlsVersion": "1.1" },
      }),
      ["DenyOldTls"],
    );
  });

  const passes: [string, Record<string, string>][] = [
    ["a task in the network", INSIDE],
    ["somebody from a given public range", { ...OUTSIDE, "aws:SourceIp": "203.0.113.9" }],
    ["somebody from a given range of IPv6", { ...OUTSIDE, "aws:SourceIp": "2001:db8::1" }],
    [
      "another account's VPC through a given endpoint",
      {
        ...INSIDE,
        "aws:VpceAccount": "999999999999",
        "aws:SourceVpce": "vpce-0a1b2c3d",
        "aws:VpcSourceIp": "172.16.0.1",
      },
    ],
    [
      "a given principal from anywhere",
      { ...OUTSIDE, "aws:PrincipalArn": "arn:aws:iam::123456789012:role/analyst-ann" },
    ],
    ["a service that acts for itself", { ...TLS, "aws:PrincipalIsAWSService": "true" }],
    ["a service that acts for somebody with the right", { ...OUTSIDE, "aws:ViaAWSService": "true" }],
  ];
  for (const [who, keys] of passes)
    it(`lets ${who} through`, async () => {
      const policy = await policyOf({ onlyFrom: DOORS });
      for (const action of ["s3:GetObject", "s3:PutObject", "s3:DeleteObjectVersion"])
        assert.deepEqual(refusals(policy, { action, resource: `${BUCKET}/lake/a`, keys }), [], action);
    });

  const refused: [string, Record<string, string>, string[]][] = [
    ["a stolen token on the internet", OUTSIDE, ["DenyOtherEndpoints", "DenyOtherNetworks"]],
    ["an endpoint of another account", { ...INSIDE, "aws:VpceAccount": "999999999999" }, ["DenyOtherEndpoints"]],
    ["another network of this account", { ...INSIDE, "aws:VpcSourceIp": "10.41.0.1" }, ["DenyOtherNetworks"]],
    [
      "a principal whose name only contains a given one",
      { ...OUTSIDE, "aws:PrincipalArn": "arn:aws:iam::999999999999:role/analyst-eve" },
      ["DenyOtherEndpoints", "DenyOtherNetworks"],
    ],
    ["nobody in particular", { ...TLS, "aws:SourceIp": "198.51.100.7" }, ["DenyOtherEndpoints", "DenyOtherNetworks"]],
  ];
  for (const [who, keys, sids] of refused)
    it(`is refused to ${who}`, async () => {
      const policy = await policyOf({ onlyFrom: DOORS });
      for (const action of ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObjectVersion"])
        assert.deepEqual(refusals(policy, { action, resource: `${BUCKET}/lake/a`, keys }), sids, action);
    });

  it("never shuts out whoever deploys: the bucket can be seen, mended and, if disposable, emptied from anywhere", async () => {
    const onBucket = [
      "s3:ListBucket",
      "s3:ListBucketVersions",
      "s3:GetBucketPolicy",
      "s3:PutBucketPolicy",
      "s3:DeleteBucketPolicy",
      "s3:PutLifecycleConfiguration",
      "s3:DeleteBucket",
    ];
    for (const disposable of [false, true]) {
      const policy = await policyOf({ onlyFrom: DOORS }, disposable);
      for (const action of onBucket)
        assert.deepEqual(refusals(policy, { action, resource: BUCKET, keys: OUTSIDE }), [], action);
      for (const action of ["s3:DeleteObject", "s3:DeleteObjectVersion"]) {
        const sids = refusals(policy, { action, resource: `${BUCKET}/lake/a`, keys: OUTSIDE });
        assert.equal(sids.length, disposable ? 0 : 2, action);
      }
    }
  });

  it("lets S3 copy into a replica", async () => {
    const policy = await policyOf({ onlyFrom: { network: "10.40.0.0/16" }, replica: { region: "eu-central-1" } });
    const keys = { ...OUTSIDE, "aws:PrincipalArn": "arn:aws:iam::123456789012:role/tidegate-test-lake-replica" };
    const request = { action: "s3:GetObjectVersionForReplication", resource: `${BUCKET}/lake/a` };
    assert.deepEqual(refusals(policy, { ...request, keys }), []);
    assert.equal(refusals(policy, { ...request, keys: OUTSIDE }).length, 2);
  });

  it("can be limited to the network alone, in a policy that is known at preview", async () => {
    const policy = await policyOf({ onlyFrom: { network: "10.40.0.0/16" } });
    const [endpoints, networks] = policy.slice(-2);
    const common = { BoolIfExists: { "aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false" } };
    assert.deepEqual(endpoints, {
      Sid: "DenyOtherEndpoints",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:GetObject*", "s3:PutObject*", "s3:RestoreObject", "s3:DeleteObject*"],
      Resource: `${BUCKET}/*`,
      Condition: { ...common, StringNotEquals: { "aws:VpceAccount": "123456789012" } },
    });
    assert.deepEqual(networks?.Condition, { ...common, NotIpAddress: { "aws:VpcSourceIp": "10.40.0.0/16" } });
  });

  it("is refused as a setting when a door is none, before anything is made", async () => {
    const onlyFrom = { network: "10.40.0.0", endpoints: ["vpc-1"], cidrs: ["203.0.113.9"], principals: ["analyst"] };
    const fault = (path: string, value: string, allowed: string) => ({
      path: `onlyFrom.${path}`,
      problem: "cannot be used",
      value,
      allowed,
    });
    await assert.rejects(
      policyOf({ onlyFrom }),
      new UserError("access to the lake cannot be limited so:", [
        fault("network", "10.40.0.0", "CIDR notation, such as 10.40.0.0/16"),
        fault("endpoints", "vpc-1", "ids of endpoints, such as vpce-0123456789abcdef0"),
        fault("cidrs", "203.0.113.9", "CIDR notation, such as 203.0.113.0/24"),
        fault("principals", "analyst", "ARNs of roles or users"),
      ]),
    );
  });
});
