/**
 * Type tokens of @pulumi/aws 7. Some resources of an earlier naming still exist under a second token; a rule that knew one only
 * would not see the other.
 */
export const BUCKETS = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"] as const;
export const BUCKET_ENCRYPTIONS = [
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
] as const;
export const BUCKET_VERSIONINGS = [
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:s3/bucketVersioningV2:BucketVersioningV2",
] as const;
export const BUCKET_ACCESS_BLOCKS = ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"] as const;
export const BUCKET_OWNERSHIPS = ["aws:s3/bucketOwnershipControls:BucketOwnershipControls"] as const;
export const BUCKET_LOGGINGS = [
  "aws:s3/bucketLogging:BucketLogging",
  "aws:s3/bucketLoggingV2:BucketLoggingV2",
] as const;
export const BUCKET_REPLICATIONS = ["aws:s3/bucketReplicationConfig:BucketReplicationConfig"] as const;
export const BUCKET_POLICIES = ["aws:s3/bucketPolicy:BucketPolicy"] as const;
export const KMS_KEYS = ["aws:kms/key:Key"] as const;
export const ROLES = ["aws:iam/role:Role"] as const;
export const IDENTITY_POLICIES = [
  "aws:iam/policy:Policy",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/groupPolicy:GroupPolicy",
  "aws:iam/userPolicy:UserPolicy",
] as const;
export const USERS = ["aws:iam/user:User"] as const;
export const LONG_LIVED_KEYS = [
  "aws:iam/accessKey:AccessKey",
  "aws:iam/userLoginProfile:UserLoginProfile",
  "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
] as const;
export const TASK_DEFINITIONS = ["aws:ecs/taskDefinition:TaskDefinition"] as const;
export const SCHEDULES = ["aws:scheduler/schedule:Schedule"] as const;
export const QUEUES = ["aws:sqs/queue:Queue"] as const;
export const QUEUE_POLICIES = ["aws:sqs/queuePolicy:QueuePolicy"] as const;
export const SECURITY_GROUPS = ["aws:ec2/securityGroup:SecurityGroup"] as const;
export const DEFAULT_SECURITY_GROUPS = ["aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"] as const;
export const SECURITY_GROUP_RULES = ["aws:ec2/securityGroupRule:SecurityGroupRule"] as const;
export const INGRESS_RULES = ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"] as const;
export const EGRESS_RULES = ["aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"] as const;
export const VPCS = ["aws:ec2/vpc:Vpc"] as const;
/** A component that makes its VPC in a plugin. */
export const VPC_COMPONENTS = ["awsx:ec2:Vpc"] as const;
export const VPC_ENDPOINTS = ["aws:ec2/vpcEndpoint:VpcEndpoint"] as const;
export const FLOW_LOGS = ["aws:ec2/flowLog:FlowLog"] as const;
export const LAUNCH_TEMPLATES = ["aws:ec2/launchTemplate:LaunchTemplate"] as const;
export const REPOSITORIES = ["aws:ecr/repository:Repository"] as const;
export const STATE_MACHINES = ["aws:sfn/stateMachine:StateMachine"] as const;
export const EVENT_TARGETS = ["aws:cloudwatch/eventTarget:EventTarget"] as const;
export const BUDGETS = ["aws:budgets/budget:Budget"] as const;
export const WORKGROUPS = ["aws:redshiftserverless/workgroup:Workgroup"] as const;
export const NAMESPACES = ["aws:redshiftserverless/namespace:Namespace"] as const;
export const USAGE_LIMITS = ["aws:redshiftserverless/usageLimit:UsageLimit"] as const;
export const WAREHOUSE_CLUSTERS = ["aws:redshift/cluster:Cluster"] as const;
export const WAREHOUSE_PARAMETER_GROUPS = ["aws:redshift/parameterGroup:ParameterGroup"] as const;
export const WAREHOUSE_LOGGINGS = ["aws:redshift/logging:Logging"] as const;
export const DATABASES = ["aws:rds/instance:Instance"] as const;
export const DATABASE_PARAMETER_GROUPS = ["aws:rds/parameterGroup:ParameterGroup"] as const;
export const DATABASE_PROXIES = ["aws:rds/proxy:Proxy"] as const;
export const TOPICS = ["aws:sns/topic:Topic"] as const;
export const TOPIC_POLICIES = ["aws:sns/topicPolicy:TopicPolicy"] as const;
export const ALARMS = [
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:cloudwatch/compositeAlarm:CompositeAlarm",
] as const;
export const LOG_GROUPS = ["aws:cloudwatch/logGroup:LogGroup"] as const;
export const SECRETS = ["aws:secretsmanager/secret:Secret"] as const;
