import * as aws from "@pulumi/aws";
import { describeRule } from "../support/rules.ts";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/0000";

const workgroup = (args: Partial<aws.redshiftserverless.WorkgroupArgs> = {}) =>
  new aws.redshiftserverless.Workgroup("group", { workgroupName: "w", namespaceName: "n", ...args });
const namespace = (args: Partial<aws.redshiftserverless.NamespaceArgs> = {}) =>
  new aws.redshiftserverless.Namespace("space", { namespaceName: "n", ...args });
const cluster = (args: Partial<aws.redshift.ClusterArgs> = {}) =>
  new aws.redshift.Cluster("cluster", { clusterIdentifier: "c", nodeType: "ra3.large", ...args });

const PRIVATE = { publiclyAccessible: false, enhancedVpcRouting: true };

describeRule("redshift-warehouse-private", {
  good: {
    "a workgroup": () => workgroup(PRIVATE),
    "a cluster": () => cluster(PRIVATE),
    "what is private unless it says otherwise": () => workgroup({ enhancedVpcRouting: true }),
  },
  bad: {
    "a public workgroup": {
      program: () => workgroup({ ...PRIVATE, publiclyAccessible: true }),
      says: [/^group: can be reached from the internet/],
    },
    "a public cluster": {
      program: () => cluster({ ...PRIVATE, publiclyAccessible: true }),
      says: [/^cluster: can be reached from the internet/],
    },
    "nothing said of routing": { program: () => workgroup(), says: [/reads and writes beside the VPC/] },
  },
});

const parameterGroup = (parameters: aws.types.input.redshift.ParameterGroupParameter[]) =>
  new aws.redshift.ParameterGroup("parameters", { name: "p", family: "redshift-2.0", parameters });

describeRule("redshift-tls-required", {
  good: {
    "a workgroup": () => workgroup({ configParameters: [{ parameterKey: "require_ssl", parameterValue: "true" }] }),
    "a cluster with its group": () =>
      cluster({ clusterParameterGroupName: parameterGroup([{ name: "require_ssl", value: "true" }]).name }),
  },
  bad: {
    "a workgroup without parameters": { program: () => workgroup(), says: [/^group: takes connections without TLS/] },
    "a workgroup that does not require it": {
      program: () => workgroup({ configParameters: [{ parameterKey: "require_ssl", parameterValue: "false" }] }),
      says: [/^group: /],
    },
    "a cluster without a group": { program: () => cluster(), says: [/^cluster: takes connections without TLS/] },
    "a cluster with a group that requires nothing": {
      program: () => cluster({ clusterParameterGroupName: parameterGroup([{ name: "wlm", value: "true" }]).name }),
      says: [/^cluster: /],
    },
    "a group of another cluster": {
      program: () => {
        parameterGroup([{ name: "require_ssl", value: "true" }]);
        cluster({ clusterParameterGroupName: "default.redshift-2.0" });
      },
      says: [/^cluster: /],
    },
  },
});

describeRule("redshift-warehouse-encrypted", {
  good: {
    "a namespace": () => namespace({ kmsKeyId: new aws.kms.Key("key").arn }),
    "a cluster": () => cluster({ encrypted: "true", kmsKeyId: KEY }),
  },
  bad: {
    "a namespace without a key": { program: () => namespace(), says: [/^space: has no key of its own/] },
    "a cluster that is not encrypted": {
      program: () => cluster({ encrypted: "false", kmsKeyId: KEY }),
      says: [/^cluster: is not encrypted \(got "false"\)/],
    },
    "a cluster with the key that AWS manages": {
      program: () => cluster({ encrypted: "true" }),
      says: [/^cluster: has no key of its own/],
    },
  },
});

describeRule("redshift-password-managed", {
  good: {
    "a namespace": () => namespace({ manageAdminPassword: true, adminPasswordSecretKmsKeyId: KEY }),
    "a cluster": () => cluster({ manageMasterPassword: true, masterPasswordSecretKmsKeyId: KEY }),
  },
  bad: {
    "a password in the program": {
      program: () => namespace({ adminUserPassword: "Correct1Horse", adminPasswordSecretKmsKeyId: KEY }),
      says: [/lets the program choose/, /has a password in adminUserPassword, and in the state/],
    },
    "the key that AWS manages": {
      program: () => cluster({ manageMasterPassword: true }),
      says: [/under the key that AWS manages/],
    },
  },
});

const LOGS = ["userlog", "connectionlog", "useractivitylog"];
const logging = (of: aws.redshift.Cluster, logExports: string[]) =>
  new aws.redshift.Logging("audit", { clusterIdentifier: of.clusterIdentifier, logExports });

describeRule("redshift-warehouse-logged", {
  good: {
    "a namespace": () => namespace({ logExports: LOGS }),
    "a cluster with its logging": () => logging(cluster(), LOGS),
  },
  bad: {
    "a namespace without logs": { program: () => namespace(), says: [/^space: does not export connectionlog, user/] },
    "a log that is missing": {
      program: () => namespace({ logExports: ["userlog", "connectionlog"] }),
      says: [/does not export useractivitylog/],
    },
    "a cluster without logging": { program: () => cluster(), says: [/^cluster: keeps no audit logs/] },
    "a cluster that logs too little": {
      program: () => logging(cluster(), ["userlog"]),
      says: [/^cluster: does not export connectionlog, useractivitylog/],
    },
  },
});

const limit = (resourceArn: aws.redshiftserverless.Workgroup["arn"], usageType = "serverless-compute") =>
  new aws.redshiftserverless.UsageLimit("limit", { resourceArn, usageType, amount: 60 });

describeRule("redshift-spending-limited", {
  good: { "both limits": () => limit(workgroup({ maxCapacity: 8 }).arn) },
  bad: {
    "no limits": { program: () => workgroup(), says: [/grows as it likes/, /computes as long as it likes/] },
    "a limit on copies between regions only": {
      program: () => limit(workgroup({ maxCapacity: 8 }).arn, "cross-region-datasharing"),
      says: [/computes as long as it likes/],
    },
    "a limit of another workgroup": {
      program: () => {
        limit(
          new aws.redshiftserverless.Workgroup("other", { workgroupName: "o", namespaceName: "n", maxCapacity: 8 }).arn,
        );
        workgroup({ maxCapacity: 8 });
      },
      says: [/^group: computes as long as it likes/],
    },
  },
});
