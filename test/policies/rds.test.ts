import * as aws from "@pulumi/aws";
import { describeRule } from "../support/rules.ts";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/0000";

const database = (args: Partial<aws.rds.InstanceArgs> = {}) =>
  new aws.rds.Instance("database", { instanceClass: "db.t4g.micro", ...args });

describeRule("rds-database-private", {
  good: {
    "in own subnets": () =>
      database({
        publiclyAccessible: false,
        dbSubnetGroupName: new aws.rds.SubnetGroup("s", { name: "s", subnetIds: [] }).name,
      }),
    "private unless it says otherwise": () => database({ dbSubnetGroupName: "subnets" }),
  },
  bad: {
    public: {
      program: () => database({ publiclyAccessible: true, dbSubnetGroupName: "subnets" }),
      says: [/^database: can be reached from the internet/],
    },
    "wherever AWS puts it": { program: () => database(), says: [/does not say where it stands/] },
  },
});

const ENCRYPTED = { storageEncrypted: true, kmsKeyId: KEY };

describeRule("rds-database-encrypted", {
  good: {
    "a key of the program": () => database({ storageEncrypted: true, kmsKeyId: new aws.kms.Key("key").arn }),
    "insights with a key": () =>
      database({ ...ENCRYPTED, performanceInsightsEnabled: true, performanceInsightsKmsKeyId: KEY }),
  },
  bad: {
    "nothing said": { program: () => database(), says: [/is not encrypted/, /no key of its own in kmsKeyId/] },
    "the key that AWS manages": {
      program: () => database({ storageEncrypted: true }),
      says: [/no key of its own in kmsKeyId/],
    },
    "insights without a key": {
      program: () => database({ ...ENCRYPTED, performanceInsightsEnabled: true }),
      says: [/no key of its own in performanceInsightsKmsKeyId/],
    },
  },
});

const MANAGED = {
  manageMasterUserPassword: true,
  masterUserSecretKmsKeyId: KEY,
  iamDatabaseAuthenticationEnabled: true,
};

describeRule("rds-password-managed", {
  good: { "made and kept by AWS": () => database(MANAGED) },
  bad: {
    "a password in the program": {
      program: () => database({ ...MANAGED, manageMasterUserPassword: false, password: "Correct1Horse" }),
      says: [/lets the program choose .*\(got false\)/, /has a password in password, and in the state/],
    },
    "the key that AWS manages": {
      program: () => database({ ...MANAGED, masterUserSecretKmsKeyId: undefined }),
      says: [/under the key that AWS manages/],
    },
    "passwords for everybody else": {
      program: () => database({ ...MANAGED, iamDatabaseAuthenticationEnabled: undefined }),
      says: [/has passwords for everybody/],
    },
  },
});

const parameters = (value: string) =>
  new aws.rds.ParameterGroup("parameters", {
    name: "p",
    family: "postgres17",
    parameters: [{ name: "rds.force_ssl", value }],
  });
const proxy = (requireTls?: boolean) =>
  new aws.rds.Proxy("proxy", {
    engineFamily: "POSTGRESQL",
    roleArn: "arn",
    vpcSubnetIds: [],
    ...(requireTls === undefined ? {} : { requireTls }),
  });

describeRule("rds-tls-forced", {
  good: {
    "a parameter group of the program": () => database({ parameterGroupName: parameters("1").name }),
    "a proxy": () => proxy(true),
  },
  bad: {
    "the default group": {
      program: () => database({ parameterGroupName: "default.postgres17" }),
      says: [/^database: has no parameter group of this stack/],
    },
    "a group that forces nothing": {
      program: () => database({ parameterGroupName: parameters("0").name }),
      says: [/^database: takes connections without TLS/],
    },
    "a group of another database": {
      program: () => {
        parameters("1");
        database();
      },
      says: [/^database: has no parameter group/],
    },
    "a proxy that says nothing": { program: () => proxy(), says: [/^proxy: takes connections without TLS/] },
  },
});

const KEPT = { backupRetentionPeriod: 7, deletionProtection: true, skipFinalSnapshot: false };

describeRule("rds-database-kept", {
  good: {
    "backups, protection and a last snapshot": () => database(KEPT),
    "backups alone, in an environment for trying things out": () =>
      database({ backupRetentionPeriod: 7, skipFinalSnapshot: true, tags: { Environment: "dev" } }),
  },
  bad: {
    "no backups": {
      program: () => database({ ...KEPT, backupRetentionPeriod: 0 }),
      says: [/keeps its backups too short a time \(got 0\); allowed: at least 7 days/],
    },
    "nothing said": {
      program: () => database({ tags: { Environment: "prod" } }),
      says: [/keeps its backups too short/, /can be deleted by mistake/],
    },
    "no last snapshot": {
      program: () => database({ ...KEPT, skipFinalSnapshot: true }),
      says: [/is deleted without a last snapshot/],
    },
  },
});
