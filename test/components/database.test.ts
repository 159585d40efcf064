import assert from "node:assert/strict";
import { Database, type DatabaseArgs } from "../../components/database.ts";
import { roleOf } from "../support/components.ts";
import { inputs, joined, made, recorded, resource, statements } from "../support/pulumi.ts";
import { storeParts } from "../support/stores.ts";

const database = (
  given: Partial<DatabaseArgs> = {},
  disposable = false,
  then: (made: Database) => void = () => undefined,
) =>
  recorded(() => {
    const parts = storeParts(disposable);
    const made = new Database("database", { ...parts, ...given });
    const role = roleOf(parts.context);
    made.grantConnect(role);
    made.grantAddress(role);
    then(made);
  });

const CHILDREN = [
  "aws:cloudwatch/logGroup:LogGroup database-postgresql",
  "aws:cloudwatch/logGroup:LogGroup database-upgrade",
  "aws:ec2/securityGroup:SecurityGroup database-firewall",
  "aws:iam/role:Role database-monitoring-role",
  "aws:iam/rolePolicy:RolePolicy database-monitoring-write-metrics",
  "aws:rds/instance:Instance database-instance",
  "aws:rds/parameterGroup:ParameterGroup database-parameters",
  "aws:rds/subnetGroup:SubnetGroup database-subnets",
  "aws:ssm/parameter:Parameter database-address",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule database-from-tasks",
  "tidegate:database:Database database",
  "tidegate:security:ServiceRole database-monitoring",
];

const JOINS = {
  kmsKeyId: "key-key",
  masterUserSecretKmsKeyId: "key-key",
  performanceInsightsKmsKeyId: "key-key",
  dbSubnetGroupName: "database-subnets",
  parameterGroupName: "database-parameters",
  vpcSecurityGroupIds: "database-firewall",
  monitoringRoleArn: "database-monitoring-role",
};

async function instance(given?: Partial<DatabaseArgs>, disposable = false): Promise<Record<string, unknown>> {
  const recording = await database(given, disposable);
  for (const [property, name] of Object.entries(JOINS))
    assert.deepEqual(joined(recording, "database-instance", property), [name], property);
  return Object.fromEntries(
    Object.entries(inputs(recording, "database-instance")).filter(([name]) => !(name in JOINS)),
  );
}

const SAFE = {
  identifier: "tidegate-test-database",
  engine: "postgres",
  engineVersion: "17",
  storageType: "gp3",
  storageEncrypted: true,
  dbName: "market",
  username: "database_admin",
  manageMasterUserPassword: true,
  iamDatabaseAuthenticationEnabled: true,
  port: 6432,
  publiclyAccessible: false,
  caCertIdentifier: "rds-ca-rsa2048-g1",
  backupWindow: "02:00-02:30",
  maintenanceWindow: "sun:03:00-sun:03:30",
  autoMinorVersionUpgrade: true,
  copyTagsToSnapshot: true,
  enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
  performanceInsightsEnabled: true,
  performanceInsightsRetentionPeriod: 7,
  monitoringInterval: 60,
};

describe("Database", () => {
  it("is an instance with its parameters, subnets, firewall, logs, monitoring and address", async () => {
    const own = made(await database()).filter((name) => name.includes(" database"));
    assert.deepEqual(own, CHILDREN);
  });

  it("is encrypted, private, backed up and hard to delete", async () => {
    assert.deepEqual(await instance(), {
      ...SAFE,
      instanceClass: "db.t4g.micro",
      allocatedStorage: 20,
      maxAllocatedStorage: 100,
      multiAz: false,
      backupRetentionPeriod: 35,
      deleteAutomatedBackups: false,
      deletionProtection: true,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: "tidegate-test-database-final",
    });
    assert.equal(resource(await database(), "database-instance").protect, true);
  });

  it("goes with a disposable stack, and is backed up until then", async () => {
    assert.deepEqual(await instance({}, true), {
      ...SAFE,
      instanceClass: "db.t4g.micro",
      allocatedStorage: 20,
      maxAllocatedStorage: 100,
      multiAz: false,
      backupRetentionPeriod: 7,
      deleteAutomatedBackups: true,
      deletionProtection: false,
      skipFinalSnapshot: true,
    });
    assert.equal(resource(await database({}, true), "database-instance").protect, false);
  });

  it("can be large, and have a standby", async () => {
    const given = { instanceClass: "db.m7g.large", storage: 400, maxStorage: 1000, multiZone: true, backupDays: 14 };
    const large = await instance(given);
    assert.deepEqual(
      [
        large.instanceClass,
        large.allocatedStorage,
        large.maxAllocatedStorage,
        large.multiAz,
        large.backupRetentionPeriod,
      ],
      ["db.m7g.large", 400, 1000, true, 14],
    );
    await database(given, false, ({ metrics }) => assert.equal(metrics.hasCredits, false));
    await database({}, false, ({ metrics }) =>
      assert.deepEqual(metrics, { instance: "tidegate-test-database", hasCredits: true }),
    );
  });

  it("requires TLS and logs connections, changes of tables and what takes long", async () => {
    const { family, name, parameters } = inputs(await database(), "database-parameters");
    assert.deepEqual([family, name], ["postgres17", "tidegate-test-database-17"]);
    assert.deepEqual(parameters, [
      { name: "rds.force_ssl", value: "1" },
      { name: "log_connections", value: "1" },
      { name: "log_disconnections", value: "1" },
      { name: "log_lock_waits", value: "1" },
      { name: "log_min_duration_statement", value: "1000" },
      { name: "log_statement", value: "ddl" },
      { name: "idle_in_transaction_session_timeout", value: "600000" },
    ]);
  });

  it("lets only its clients in, and reaches nothing", async () => {
    const recording = await database();
    const { securityGroupId: _, ...rule } = inputs(recording, "database-from-tasks");
    assert.deepEqual(rule, {
      description: "database for tasks",
      ipProtocol: "tcp",
      fromPort: 6432,
      toPort: 6432,
      referencedSecurityGroupId: "sg-tasks",
    });
    assert.deepEqual(joined(recording, "database-from-tasks", "securityGroupId"), ["database-firewall"]);
    assert(!made(recording).some((name) => name.includes("EgressRule")));
    assert.deepEqual(inputs(recording, "database-subnets").subnetIds, ["subnet-a", "subnet-b", "subnet-c"]);
  });

  it("writes its logs into encrypted groups that expire, made before it", async () => {
    const recording = await database({ logRetentionDays: 14 });
    const { kmsKeyId: _, ...group } = inputs(recording, "database-postgresql");
    assert.deepEqual(group, {
      name: "/aws/rds/instance/tidegate-test-database/postgresql",
      retentionInDays: 14,
    });
    assert.deepEqual(joined(recording, "database-postgresql", "kmsKeyId"), ["key-key"]);
    const waits = resource(recording, "database-instance").dependencies.map((urn) => urn.split("::").at(-1));
    for (const name of ["database-postgresql", "database-upgrade", "database-monitoring-write-metrics"])
      assert(waits.includes(name), `the instance does not wait for ${name}`);
  });

  it("is monitored by RDS for this instance alone", async () => {
    const [trust] = statements(await database(), "database-monitoring-role", "assumeRolePolicy");
    assert.deepEqual(trust?.Principal, { Service: "monitoring.rds.amazonaws.com" });
    assert.deepEqual(trust?.Condition, {
      StringEquals: { "aws:SourceAccount": "123456789012" },
      ArnLike: { "aws:SourceArn": "arn:aws:rds:eu-west-1:123456789012:db:tidegate-test-database" },
    });
  });

  it("grants signing in as a user that only this stack has", async () => {
    const recording = await database();
    assert.deepEqual(statements(recording, "someone-connect-database"), [
      {
        Sid: "SignIn",
        Effect: "Allow",
        Action: ["rds-db:connect"],
        Resource: "arn:aws:rds-db:eu-west-1:123456789012:dbuser:*/tidegate_test_loader",
      },
    ]);
  });

  it("is found by tasks through a parameter whose ARN is known at preview", async () => {
    const recording = await database();
    const { value: _, ...parameter } = inputs(recording, "database-address");
    assert.deepEqual(parameter, {
      name: "/tidegate/test/database-address",
      description: "Where tasks find tidegate-test-database, and as whom",
      type: "String",
    });
    assert.deepEqual(joined(recording, "database-address", "value"), ["database-instance"]);
    assert.deepEqual(statements(recording, "someone-read-database-address"), [
      {
        Sid: "Address",
        Effect: "Allow",
        Action: ["ssm:GetParameters"],
        Resource: "arn:aws:ssm:eu-west-1:123456789012:parameter/tidegate/test/database-address",
      },
    ]);
  });

  it("tells the administrator how the user is made", async () => {
    let sql = "";
    await database({ database: "prices" }, false, (made) => {
      sql = made.setupSql();
    });
    assert.deepEqual(sql.split("\n"), [
      "do $$ begin if not exists (select from pg_roles where rolname = 'tidegate_test_loader') then create role tidegate_test_loader login; end if; end $$;",
      "grant rds_iam to tidegate_test_loader;",
      "grant connect, temporary on database prices to tidegate_test_loader;",
      "grant usage, create on schema public to tidegate_test_loader;",
    ]);
  });
});

describe("the proxy of a database", () => {
  it("takes tokens over TLS, and reaches the users of the stack", async () => {
    const recording = await database({ proxy: true });
    const proxied = made(recording).filter((name) => name.includes(" database-proxy"));
    assert.deepEqual(proxied, [
      "aws:iam/role:Role database-proxy-sign-in-role",
      "aws:iam/rolePolicy:RolePolicy database-proxy-sign-in-connect-database",
      "aws:rds/proxy:Proxy database-proxy-proxy",
      "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup database-proxy-targets",
      "aws:rds/proxyTarget:ProxyTarget database-proxy-target",
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule database-proxy-out",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule database-proxy-in",
      "tidegate:database:DatabaseProxy database-proxy",
      "tidegate:security:ServiceRole database-proxy-sign-in",
    ]);
    const { roleArn: _, vpcSecurityGroupIds: __, ...proxy } = inputs(recording, "database-proxy-proxy");
    assert.deepEqual(proxy, {
      name: "tidegate-test-database-proxy",
      engineFamily: "POSTGRESQL",
      defaultAuthScheme: "IAM_AUTH",
      requireTls: true,
      debugLogging: false,
      idleClientTimeout: 600,
      vpcSubnetIds: ["subnet-a", "subnet-b", "subnet-c"],
    });
    const [signIn] = statements(recording, "database-proxy-sign-in-connect-database");
    assert.equal(signIn?.Resource, "arn:aws:rds-db:eu-west-1:123456789012:dbuser:*/tidegate_test_*");
    assert.deepEqual(joined(recording, "database-proxy-target", "dbInstanceIdentifier"), ["database-instance"]);
  });

  it("is what clients connect to, and the way from it to the database is open", async () => {
    const recording = await database({ proxy: true });
    assert.deepEqual(joined(recording, "database-address", "value"), ["database-proxy-proxy"]);
    for (const name of ["database-proxy-in", "database-proxy-out"]) {
      assert.deepEqual(joined(recording, name, "securityGroupId"), ["database-firewall"]);
      assert.deepEqual(joined(recording, name, "referencedSecurityGroupId"), ["database-firewall"]);
      assert.deepEqual([inputs(recording, name).fromPort, inputs(recording, name).toPort], [6432, 6432]);
    }
  });
});
