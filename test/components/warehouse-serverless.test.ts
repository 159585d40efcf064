import assert from "node:assert/strict";
import { capacityFaults } from "../../components/warehouse-capacity.ts";
import { ServerlessWarehouse, type ServerlessWarehouseArgs } from "../../components/warehouse-serverless.ts";
import { Secret } from "../../offline/wire.ts";
import { roleOf } from "../support/components.ts";
import { inputs, joined, made, recorded, resource, statements } from "../support/pulumi.ts";
import { warehouseParts } from "../support/stores.ts";

const warehouse = (
  given: Partial<ServerlessWarehouseArgs> = {},
  then: (made: ServerlessWarehouse) => void = () => undefined,
  disposable = false,
) =>
  recorded(() => {
    const parts = warehouseParts(disposable);
    const made = new ServerlessWarehouse("warehouse", { kind: "serverless", ...parts, ...given });
    made.grantLoad(roleOf(parts.context));
    then(made);
  });

const own = (names: readonly string[]): string[] => names.filter((name) => name.includes(" warehouse"));

describe("ServerlessWarehouse", () => {
  it("is a namespace, a workgroup with a limit, a role for COPY, a firewall and log groups", async () => {
    assert.deepEqual(own(made(await warehouse())), [
      "aws:cloudwatch/logGroup:LogGroup warehouse-connectionlog",
      "aws:cloudwatch/logGroup:LogGroup warehouse-useractivitylog",
      "aws:cloudwatch/logGroup:LogGroup warehouse-userlog",
      "aws:ec2/securityGroup:SecurityGroup warehouse-firewall",
      "aws:iam/role:Role warehouse-copy-role",
      "aws:iam/rolePolicy:RolePolicy warehouse-copy-locate-lake",
      "aws:iam/rolePolicy:RolePolicy warehouse-copy-read-lake",
      "aws:redshiftserverless/namespace:Namespace warehouse-namespace",
      "aws:redshiftserverless/usageLimit:UsageLimit warehouse-usage",
      "aws:redshiftserverless/workgroup:Workgroup warehouse-workgroup",
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule warehouse-to-s3",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule warehouse-from-tasks",
      "tidegate:security:ServiceRole warehouse-copy",
      "tidegate:warehouse:ServerlessWarehouse warehouse",
    ]);
  });

  it("keeps its data encrypted, and its administrator's password with AWS", async () => {
    const recording = await warehouse();
    const {
      kmsKeyId: _,
      adminPasswordSecretKmsKeyId: __,
      iamRoles: ___,
      defaultIamRoleArn: ____,
      ...rest
    } = inputs(recording, "warehouse-namespace");
    assert.deepEqual(rest, {
      namespaceName: "tidegate-test-warehouse",
      dbName: "market",
      adminUsername: new Secret("warehouse_admin"),
      manageAdminPassword: true,
      logExports: ["userlog", "connectionlog", "useractivitylog"],
    });
    for (const property of ["kmsKeyId", "adminPasswordSecretKmsKeyId"])
      assert.deepEqual(joined(recording, "warehouse-namespace", property), ["key-key"], property);
    for (const property of ["iamRoles", "defaultIamRoleArn"])
      assert.deepEqual(joined(recording, "warehouse-namespace", property), ["warehouse-copy-role"], property);
    assert.equal(resource(recording, "warehouse-namespace").protect, true);
    const disposable = await warehouse({}, undefined, true);
    assert.equal(resource(disposable, "warehouse-namespace").protect, false);
  });

  it("requires TLS, is not public, and stays within the network", async () => {
    const recording = await warehouse();
    const {
      configParameters,
      securityGroupIds: _,
      namespaceName: __,
      ...rest
    } = inputs(recording, "warehouse-workgroup");
    assert.deepEqual(rest, {
      workgroupName: "tidegate-test-warehouse",
      baseCapacity: 8,
      maxCapacity: 8,
      enhancedVpcRouting: true,
      publiclyAccessible: false,
      port: 5439,
      subnetIds: ["subnet-a", "subnet-b", "subnet-c"],
      tags: { Owner: "research", Warehouse: "tidegate-test-warehouse" },
    });
    const parameters = configParameters as { parameterKey: string; parameterValue: string }[];
    const value = (key: string) => parameters.find(({ parameterKey }) => parameterKey === key)?.parameterValue;
    assert.equal(value("require_ssl"), "true");
    assert.equal(value("enable_user_activity_logging"), "true");
    assert.equal(value("max_query_execution_time"), "3600");
    assert.deepEqual(joined(recording, "warehouse-workgroup", "securityGroupIds"), ["warehouse-firewall"]);
    assert.deepEqual(joined(recording, "warehouse-workgroup", "namespaceName"), ["warehouse-namespace"]);
  });

  it("lets only its clients in, and only S3 be reached", async () => {
    const recording = await warehouse();
    assert.deepEqual(inputs(recording, "warehouse-firewall"), {
      vpcId: "vpc-1",
      name: "tidegate-test-warehouse",
      description: "warehouse: its clients in on port 5439",
    });
    const rule = { ipProtocol: "tcp" };
    const { securityGroupId: _, ...ingress } = inputs(recording, "warehouse-from-tasks");
    assert.deepEqual(ingress, {
      ...rule,
      description: "warehouse for tasks",
      fromPort: 5439,
      toPort: 5439,
      referencedSecurityGroupId: "sg-tasks",
    });
    const { securityGroupId: __, ...egress } = inputs(recording, "warehouse-to-s3");
    assert.deepEqual(egress, {
      ...rule,
      description: "COPY reads S3 through the endpoint of the network",
      fromPort: 443,
      toPort: 443,
      prefixListId: "pl-s3",
    });
    for (const name of ["warehouse-from-tasks", "warehouse-to-s3"])
      assert.deepEqual(joined(recording, name, "securityGroupId"), ["warehouse-firewall"], name);
    const closed = await warehouse({ clients: {} });
    assert(!made(closed).some((name) => name.includes("IngressRule")));
  });

  it("computes no more in a month than it may", async () => {
    const limit = async (usage?: ServerlessWarehouseArgs["usage"]) => {
      const { resourceArn: _, ...rest } = inputs(await warehouse(usage ? { usage } : {}), "warehouse-usage");
      return rest;
    };
    const common = { usageType: "serverless-compute", period: "monthly" };
    assert.deepEqual(await limit(), { ...common, amount: 60, breachAction: "deactivate" });
    const told = await limit({ rpuHours: 500, atLimit: "emit-metric" });
    assert.deepEqual(told, { ...common, amount: 500, breachAction: "emit-metric" });
    const unlimited = await warehouse({ usage: "unlimited" }, ({ metrics }) =>
      assert.equal(metrics.kind === "serverless" && metrics.rpuHours, undefined),
    );
    assert(!made(unlimited).some((name) => name.includes("UsageLimit")));
    assert.deepEqual(joined(await warehouse(), "warehouse-usage", "resourceArn"), ["warehouse-workgroup"]);
  });

  it("writes its audit logs into encrypted groups that expire", async () => {
    const recording = await warehouse({ logRetentionDays: 30 });
    const { kmsKeyId: _, ...group } = inputs(recording, "warehouse-userlog");
    assert.deepEqual(group, { name: "/aws/redshift/tidegate-test-warehouse/userlog", retentionInDays: 30 });
    assert.deepEqual(joined(recording, "warehouse-userlog", "kmsKeyId"), ["key-key"]);
    const waits = resource(recording, "warehouse-namespace").dependencies.map((urn) => urn.split("::").at(-1));
    for (const group of ["warehouse-userlog", "warehouse-connectionlog", "warehouse-useractivitylog"])
      assert(waits.includes(group), `the namespace does not wait for ${group}`);
  });

  it("reads what is to be loaded and nothing else of the lake, as Redshift of this account", async () => {
    const recording = await warehouse();
    const [trust] = statementsOfTrust(recording);
    assert.deepEqual(trust?.Principal, {
      Service: ["redshift-serverless.amazonaws.com", "redshift.amazonaws.com"],
    });
    assert.deepEqual(trust?.Condition, {
      StringEquals: { "aws:SourceAccount": "123456789012" },
      ArnLike: { "aws:SourceArn": "arn:aws:redshift*:eu-west-1:123456789012:*" },
    });
    const [list, objects, decrypt] = statements(recording, "warehouse-copy-read-lake");
    assert.deepEqual(list?.Condition, { StringLike: { "s3:prefix": ["lake/processed/*", "lake/loads/warehouse/*"] } });
    assert.deepEqual(objects?.Action, ["s3:GetObject"]);
    assert.deepEqual(objects?.Resource, [
      "arn:aws:s3:::tidegate-test-lake-123456789012/lake/processed/*",
      "arn:aws:s3:::tidegate-test-lake-123456789012/lake/loads/warehouse/*",
    ]);
    assert.deepEqual(decrypt?.Action, ["kms:Decrypt"]);
    const [region] = statements(recording, "warehouse-copy-locate-lake");
    assert.deepEqual(
      [region?.Action, region?.Resource],
      [["s3:GetBucketLocation"], "arn:aws:s3:::tidegate-test-lake-123456789012"],
    );
  });

  it("grants statements in this workgroup alone, and nothing about those of others", async () => {
    const workgroups = "arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup/*";
    const Condition = { StringEquals: { "aws:ResourceTag/Warehouse": "tidegate-test-warehouse" } };
    assert.deepEqual(statements(await warehouse(), "someone-load-warehouse"), [
      {
        Sid: "SignIn",
        Effect: "Allow",
        Action: ["redshift-serverless:GetCredentials"],
        Resource: workgroups,
        Condition,
      },
      {
        Sid: "Statements",
        Effect: "Allow",
        Action: ["redshift-data:ExecuteStatement", "redshift-data:BatchExecuteStatement"],
        Resource: workgroups,
        Condition,
      },
      {
        Sid: "OwnStatements",
        Effect: "Allow",
        Action: [
          "redshift-data:DescribeStatement",
          "redshift-data:GetStatementResult",
          "redshift-data:CancelStatement",
        ],
        Resource: "*",
        Condition: { StringEquals: { "redshift-data:statement-owner-iam-userid": ["$", "{aws:userid}"].join("") } },
      },
    ]);
  });

  it("says at preview where it is", async () => {
    let url: Promise<string> | undefined;
    await warehouse({ database: "prices" }, (made) => {
      url = new Promise((resolve) => made.url.apply(resolve));
    });
    assert.equal(
      await url,
      "redshift-serverless://tidegate-test-warehouse/prices?copyRole=arn:aws:iam::123456789012:role/tidegate-test-warehouse-copy",
    );
  });

  it("refuses capacities that Redshift does not have, all at once", async () => {
    const wrong = { baseCapacity: 12, maxCapacity: 4, usage: { rpuHours: 0 } };
    await assert.rejects(warehouse(wrong), /this warehouse cannot be made:.*\n.*baseCapacity.*\n.*maxCapacity/);
    assert.deepEqual(
      capacityFaults(wrong).map(({ path, value }) => [path, value]),
      [
        ["baseCapacity", 12],
        ["maxCapacity", 4],
        ["maxCapacity", 4],
        ["usage.rpuHours", 0],
      ],
    );
    assert.deepEqual(capacityFaults({ baseCapacity: 512, maxCapacity: 512, usage: "unlimited" }), []);
    assert.deepEqual(
      capacityFaults({ baseCapacity: 32, maxCapacity: 16 }).map(({ problem }) => problem),
      ["is below the base capacity"],
    );
  });
});

const statementsOfTrust = (recording: Awaited<ReturnType<typeof recorded>>) =>
  statements(recording, "warehouse-copy-role", "assumeRolePolicy");
