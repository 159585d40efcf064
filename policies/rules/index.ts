import type { Rule } from "../lib/rule.ts";
import { alarmNotifies } from "./cloudwatch/alarm-notifies.ts";
import { logGroupKept } from "./cloudwatch/log-group-kept.ts";
import { defaultGroupClosed } from "./ec2/default-group-closed.ts";
import { egressLimited } from "./ec2/egress-limited.ts";
import { endpointPolicyLimited } from "./ec2/endpoint-policy-limited.ts";
import { noIngressFromWorld } from "./ec2/no-ingress-from-world.ts";
import { vpcS3Endpoint } from "./ec2/vpc-s3-endpoint.ts";
import { containerHardened } from "./ecs/container-hardened.ts";
import { containerLogs } from "./ecs/container-logs.ts";
import { environmentWithoutSecrets } from "./ecs/environment-without-secrets.ts";
import { imagePinned } from "./ecs/image-pinned.ts";
import { keysNamed } from "./iam/keys-named.ts";
import { passRoleLimited } from "./iam/pass-role-limited.ts";
import { rightsNamed } from "./iam/rights-named.ts";
import { trustLimited } from "./iam/trust-limited.ts";
import { keyPolicyLimited } from "./kms/key-policy-limited.ts";
import { keyRotates } from "./kms/key-rotates.ts";
import { bucketEncrypted } from "./s3/bucket-encrypted.ts";
import { bucketNotPublic } from "./s3/bucket-not-public.ts";
import { bucketTlsOnly } from "./s3/bucket-tls-only.ts";
import { bucketVersioned } from "./s3/bucket-versioned.ts";
import { bucketWithoutAcls } from "./s3/bucket-without-acls.ts";
import { scheduleDeadLetters } from "./scheduler/schedule-dead-letters.ts";
import { scheduleEncrypted } from "./scheduler/schedule-encrypted.ts";
import { scheduleExplicit } from "./scheduler/schedule-explicit.ts";
import { secretEncrypted } from "./secretsmanager/secret-encrypted.ts";
import { topicEncrypted } from "./sns/topic-encrypted.ts";
import { topicTlsOnly } from "./sns/topic-tls-only.ts";
import { queueEncrypted } from "./sqs/queue-encrypted.ts";
import { queueTlsOnly } from "./sqs/queue-tls-only.ts";

/** How the pack is called in Pulumi's output and configuration. */
export const PACK_NAME = "tidegate";

/** Every rule of the pack, by service. */
export const rules: readonly Rule[] = [
  alarmNotifies,
  logGroupKept,
  defaultGroupClosed,
  egressLimited,
  endpointPolicyLimited,
  noIngressFromWorld,
  vpcS3Endpoint,
  containerHardened,
  containerLogs,
  environmentWithoutSecrets,
  imagePinned,
  keysNamed,
  passRoleLimited,
  rightsNamed,
  trustLimited,
  keyPolicyLimited,
  keyRotates,
  bucketEncrypted,
  bucketNotPublic,
  bucketTlsOnly,
  bucketVersioned,
  bucketWithoutAcls,
  scheduleDeadLetters,
  scheduleEncrypted,
  scheduleExplicit,
  secretEncrypted,
  topicEncrypted,
  topicTlsOnly,
  queueEncrypted,
  queueTlsOnly,
];
