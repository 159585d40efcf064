import assert from "node:assert/strict";
import { makeWarehouse, type Warehouse } from "../../components/warehouse.ts";
import { ProvisionedWarehouse, type ProvisionedWarehouseArgs } from "../../components/warehouse-provisioned.ts";
import { ServerlessWarehouse } from "../../components/warehouse-serverless.ts";
import { roleOf } from "../support/components.ts";
import { inputs, joined, made, recorded, resource, statements } from "../support/pulumi.ts";
import { warehouseParts } from "../support/stores.ts";

const provisioned = (given: Partial<ProvisionedWarehouseArgs> = {}, disposable = false) =>
  recorded(() => {
    const parts = warehouseParts(disposable);
    const made = new ProvisionedWarehouse("warehouse", { kind: "provisioned", ...parts, ...given });
    made.grantLoad(roleOf(parts.context));
  });

describe("the warehouse of a platform", () => {
  it("is of the kind that is asked for, or none", async () => {
    const made: (Warehouse | undefined)[] = [];
    await recorded(() => {
      const parts = warehouseParts();
      made.push(makeWarehouse("one", { kind: "serverless", ...parts, label: "one" }));
      made.push(makeWarehouse("two", { kind: "provisioned", ...parts, label: "two" }));
      made.push(makeWarehouse("three", { kind: "none" }));
    });
    const [one, two, three] = made;
    assert(one instanceof ServerlessWarehouse);
    assert(two instanceof ProvisionedWarehouse);
    assert.equal(three, undefined);
  });
});

describe("ProvisionedWarehouse", () => {
  it("is a cluster with its parameters, subnets, audit logs, role and firewall", async () => {
    const own = made(await provisioned()).filter((name) => name.includes(" warehouse"));
    assert.deepEqual(own, [
      "aws:cloudwatch/logGroup:LogGroup warehouse-connectionlog",
      "aws:cloudwatch/logGroup:LogGroup warehouse-useractivitylog",
      "aws:cloudwatch/logGroup:LogGroup warehouse-userlog",
      "aws:ec2/securityGroup:SecurityGroup warehouse-firewall",
      "aws:iam/role:Role warehouse-copy-role",
      "aws:iam/rolePolicy:RolePolicy warehouse-copy-locate-lake",
      "aws:iam/rolePolicy:RolePolicy warehouse-copy-read-lake",
      "aws:redshift/cluster:Cluster warehouse-cluster",
      "aws:redshift/logging:Logging warehouse-audit",
      "aws:redshift/parameterGroup:ParameterGroup warehouse-parameters",
      "aws:redshift/subnetGroup:SubnetGroup warehouse-subnets",
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule warehouse-to-s3",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule warehouse-from-tasks",
      "tidegate:security:ServiceRole warehouse-copy",
      "tidegate:warehouse:ProvisionedWarehouse warehouse",
    ]);
  });

  const JOINS = {
    kmsKeyId: "key-key",
    masterPasswordSecretKmsKeyId: "key-key",
    clusterSubnetGroupName: "warehouse-subnets",
    clusterParameterGroupName: "warehouse-parameters",
    vpcSecurityGroupIds: "warehouse-firewall",
    iamRoles: "warehouse-copy-role",
    defaultIamRoleArn: "warehouse-copy-role",
  };
  const cluster = async (given?: Partial<ProvisionedWarehouseArgs>, disposable = false) => {
    const recording = await provisioned(given, disposable);
    for (const [property, name] of Object.entries(JOINS))
      assert.deepEqual(joined(recording, "warehouse-cluster", property), [name], property);
    const plain = Object.entries(inputs(recording, "warehouse-cluster")).filter(([name]) => !(name in JOINS));
    return Object.fromEntries(plain);
  };
  const SAFE = {
    clusterIdentifier: "tidegate-test-warehouse",
    databaseName: "market",
    masterUsername: "warehouse_admin",
    manageMasterPassword: true,
    port: 5439,
    encrypted: "true",
    enhancedVpcRouting: true,
    publiclyAccessible: false,
    allowVersionUpgrade: true,
    preferredMaintenanceWindow: "sun:03:00-sun:04:00",
  };

  it("is encrypted, private and kept in snapshots", async () => {
    assert.deepEqual(await cluster(), {
      ...SAFE,
      nodeType: "ra3.large",
      clusterType: "single-node",
      numberOfNodes: 1,
      multiAz: false,
      automatedSnapshotRetentionPeriod: 7,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: "tidegate-test-warehouse-final",
    });
    assert.equal(resource(await provisioned(), "warehouse-cluster").protect, true);
  });

  it("goes without a last snapshot in a disposable stack", async () => {
    const { skipFinalSnapshot, finalSnapshotIdentifier } = await cluster({}, true);
    assert.deepEqual([skipFinalSnapshot, finalSnapshotIdentifier], [true, undefined]);
    assert.equal(resource(await provisioned({}, true), "warehouse-cluster").protect, false);
  });

  it("can be large, and in two zones", async () => {
    const large = { nodeType: "ra3.4xlarge", nodes: 2, multiZone: true, snapshotDays: 35 } as const;
    const { nodeType, clusterType, numberOfNodes, multiAz, automatedSnapshotRetentionPeriod } = await cluster(large);
    assert.deepEqual(
      [nodeType, clusterType, numberOfNodes, multiAz, automatedSnapshotRetentionPeriod],
      ["ra3.4xlarge", "multi-node", 2, true, 35],
    );
  });

  it("requires TLS and logs who does what", async () => {
    const recording = await provisioned();
    assert.deepEqual(inputs(recording, "warehouse-parameters"), {
      name: "tidegate-test-warehouse",
      description: "How tidegate-test-warehouse behaves",
      family: "redshift-2.0",
      parameters: [
        { name: "require_ssl", value: "true" },
        { name: "enable_user_activity_logging", value: "true" },
      ],
    });
    const { clusterIdentifier: _, ...logging } = inputs(recording, "warehouse-audit");
    assert.deepEqual(logging, {
      logDestinationType: "cloudwatch",
      logExports: ["userlog", "connectionlog", "useractivitylog"],
    });
    assert.equal(inputs(recording, "warehouse-userlog").name, "/aws/redshift/cluster/tidegate-test-warehouse/userlog");
  });

  it("grants statements in this database alone", async () => {
    const [signIn, run] = statements(await provisioned(), "someone-load-warehouse");
    assert.deepEqual(
      [signIn?.Action, signIn?.Resource],
      [
        ["redshift:GetClusterCredentialsWithIAM"],
        "arn:aws:redshift:eu-west-1:123456789012:dbname:tidegate-test-warehouse/market",
      ],
    );
    assert.equal(run?.Resource, "arn:aws:redshift:eu-west-1:123456789012:cluster:tidegate-test-warehouse");
  });

  it("refuses what Redshift does not have, all at once", async () => {
    const wrong = { nodes: 0, snapshotDays: 0, multiZone: true };
    await assert.rejects(provisioned(wrong), /nodes: .*\(got 0\)(.|\n)*snapshotDays: .*\(got 0\)(.|\n)*multiZone: /);
    await assert.rejects(provisioned({ nodes: 2, multiZone: true }), /is not possible with 2 of ra3.large/);
  });
});
