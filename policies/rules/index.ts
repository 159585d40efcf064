import type { Rule } from "../lib/rule.ts";
import { budgetNotifies } from "./budgets/budget-notifies.ts";
import { alarmNotifies } from "./cloudwatch/alarm-notifies.ts";
import { logGroupKept } from "./cloudwatch/log-group-kept.ts";
import { defaultGroupClosed } from "./ec2/default-group-closed.ts";
import { egressLimited } from "./ec2/egress-limited.ts";
import { endpointPolicyLimited } from "./ec2/endpoint-policy-limited.ts";
import { machineHardened } from "./ec2/machine-hardened.ts";
import { noIngressFromWorld } from "./ec2/no-ingress-from-world.ts";
import { vpcFlowLog } from "./ec2/vpc-flow-log.ts";
import { vpcS3Endpoint } from "./ec2/vpc-s3-endpoint.ts";
import { repositoryHardened } from "./ecr/repository-hardened.ts";
import { containerHardened } from "./ecs/container-hardened.ts";
import { containerLogs } from "./ecs/container-logs.ts";
import { environmentWithoutSecrets } from "./ecs/environment-without-secrets.ts";
import { imagePinned } from "./ecs/image-pinned.ts";
import { targetDeadLetters } from "./events/target-dead-letters.ts";
import { keysNamed } from "./iam/keys-named.ts";
import { noUsers } from "./iam/no-users.ts";
import { passRoleLimited } from "./iam/pass-role-limited.ts";
import { rightsNamed } from "./iam/rights-named.ts";
import { trustLimited } from "./iam/trust-limited.ts";
import { webIdentityLimited } from "./iam/web-identity-limited.ts";
import { keyPolicyLimited } from "./kms/key-policy-limited.ts";
import { keyRotates } from "./kms/key-rotates.ts";
import { databaseEncrypted } from "./rds/database-encrypted.ts";
import { databaseKept } from "./rds/database-kept.ts";
import { databasePrivate } from "./rds/database-private.ts";
import { databasePasswordManaged } from "./rds/password-managed.ts";
import { tlsForced } from "./rds/tls-forced.ts";
import { warehousePasswordManaged } from "./redshift/password-managed.ts";
import { spendingLimited } from "./redshift/spending-limited.ts";
import { tlsRequired } from "./redshift/tls-required.ts";
import { warehouseEncrypted } from "./redshift/warehouse-encrypted.ts";
import { warehouseLogged } from "./redshift/warehouse-logged.ts";
import { warehousePrivate } from "./redshift/warehouse-private.ts";
import { bucketEncrypted } from "./s3/bucket-encrypted.ts";
import { bucketLogged } from "./s3/bucket-logged.ts";
import { bucketNotPublic } from "./s3/bucket-not-public.ts";
import { bucketTlsOnly } from "./s3/bucket-tls-only.ts";
import { bucketVersioned } from "./s3/bucket-versioned.ts";
import { bucketWithoutAcls } from "./s3/bucket-without-acls.ts";
import { scheduleDeadLetters } from "./scheduler/schedule-dead-letters.ts";
import { scheduleEncrypted } from "./scheduler/schedule-encrypted.ts";
import { scheduleExplicit } from "./scheduler/schedule-explicit.ts";
import { secretEncrypted } from "./secretsmanager/secret-encrypted.ts";
import { machineLogged } from "./sfn/machine-logged.ts";
import { tasksHandled } from "./sfn/tasks-handled.ts";
import { topicEncrypted } from "./sns/topic-encrypted.ts";
import { topicTlsOnly } from "./sns/topic-tls-only.ts";
import { queueEncrypted } from "./sqs/queue-encrypted.ts";
import { queueTlsOnly } from "./sqs/queue-tls-only.ts";

/** How the pack is called in Pulumi's output and configuration. */
export const PACK_NAME = "tidegate";

/** Every rule of the pack, by service. */
export const rules: readonly Rule[] = [
  budgetNotifies,
  alarmNotifies,
  logGroupKept,
  defaultGroupClosed,
  egressLimited,
  endpointPolicyLimited,
  machineHardened,
  noIngressFromWorld,
  vpcFlowLog,
  vpcS3Endpoint,
  repositoryHardened,
  containerHardened,
  containerLogs,
  environmentWithoutSecrets,
  imagePinned,
  targetDeadLetters,
  keysNamed,
  noUsers,
  passRoleLimited,
  rightsNamed,
  trustLimited,
  webIdentityLimited,
  keyPolicyLimited,
  keyRotates,
  databaseEncrypted,
  databaseKept,
  databasePrivate,
  databasePasswordManaged,
  tlsForced,
  warehousePasswordManaged,
  spendingLimited,
  tlsRequired,
  warehouseEncrypted,
  warehouseLogged,
  warehousePrivate,
  bucketEncrypted,
  bucketLogged,
  bucketNotPublic,
  bucketTlsOnly,
  bucketVersioned,
  bucketWithoutAcls,
  scheduleDeadLetters,
  scheduleEncrypted,
  scheduleExplicit,
  secretEncrypted,
  machineLogged,
  tasksHandled,
  topicEncrypted,
  topicTlsOnly,
  queueEncrypted,
  queueTlsOnly,
];
