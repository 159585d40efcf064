const PART_OF_BUCKET = "a setting of a bucket";
const IAM = "IAM costs nothing";
const FIREWALL = "security groups cost nothing";
const POLICY = "a policy of something that is priced itself";
const WAREHOUSE = "a setting of a warehouse";
const DATABASE = "a setting of a database";
const MACHINES = "a setting of machines, which are priced";
const EVENTS = "rules cost nothing; events are priced";

/** Types of resources that cost nothing, and why. */
export const FREE: Readonly<Record<string, string>> = {
  "aws:iam/role:Role": IAM,
  "aws:iam/rolePolicy:RolePolicy": IAM,
  "aws:iam/policy:Policy": IAM,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": IAM,
  "aws:iam/instanceProfile:InstanceProfile": IAM,
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": IAM,
  "aws:iam/group:Group": IAM,
  "aws:iam/groupPolicy:GroupPolicy": IAM,
  "aws:iam/user:User": IAM,
  "aws:iam/userGroupMembership:UserGroupMembership": IAM,
  "aws:ec2/securityGroup:SecurityGroup": FIREWALL,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": FIREWALL,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": FIREWALL,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": FIREWALL,
  "aws:ec2/flowLog:FlowLog": "what it writes is priced with its log group",
  "aws:ec2/launchTemplate:LaunchTemplate": MACHINES,
  "aws:ecs/capacityProvider:CapacityProvider": MACHINES,
  "aws:s3/bucketPolicy:BucketPolicy": PART_OF_BUCKET,
  "aws:s3/bucketVersioning:BucketVersioning": PART_OF_BUCKET,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": PART_OF_BUCKET,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": PART_OF_BUCKET,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration":
    "a setting of a bucket; objects below 128 KB, as most raw pages are, stay where they are",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": PART_OF_BUCKET,
  "aws:s3/bucketLogging:BucketLogging": PART_OF_BUCKET,
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": PART_OF_BUCKET,
  "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration": PART_OF_BUCKET,
  "aws:s3/bucketObjectv2:BucketObjectv2": "a few MB, counted with what is stored",
  "aws:kms/alias:Alias": "a name of a key",
  "aws:secretsmanager/secretPolicy:SecretPolicy": POLICY,
  "aws:secretsmanager/secretRotation:SecretRotation":
    "a setting of a secret; the function that rotates is not of this stack",
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": "a setting of a repository",
  "aws:ecr/repositoryPolicy:RepositoryPolicy": POLICY,
  "awsx:ecr:Image": "what it stores is priced with its repository",
  "aws:sqs/queuePolicy:QueuePolicy": POLICY,
  "aws:sns/topicPolicy:TopicPolicy": POLICY,
  "aws:sns/topicSubscription:TopicSubscription": "the first 1,000 mails of a month are free",
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": "a setting of a cluster; tasks are priced",
  "aws:scheduler/scheduleGroup:ScheduleGroup": "a folder of schedules; starts are priced",
  "aws:cloudwatch/eventRule:EventRule": EVENTS,
  "aws:cloudwatch/eventTarget:EventTarget": EVENTS,
  "aws:cloudwatch/queryDefinition:QueryDefinition": "a saved question; AWS prices what it reads when it is asked",
  "aws:ssm/parameter:Parameter": "a parameter of the standard tier is free",
  "aws:budgets/budget:Budget": "a budget that tells and does nothing is free",
  "aws:redshiftserverless/usageLimit:UsageLimit": WAREHOUSE,
  "aws:redshift/subnetGroup:SubnetGroup": WAREHOUSE,
  "aws:redshift/parameterGroup:ParameterGroup": WAREHOUSE,
  "aws:redshift/logging:Logging": WAREHOUSE,
  "aws:redshift/clusterIamRoles:ClusterIamRoles": WAREHOUSE,
  "aws:rds/subnetGroup:SubnetGroup": DATABASE,
  "aws:rds/parameterGroup:ParameterGroup": DATABASE,
  "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": DATABASE,
  "aws:rds/proxyTarget:ProxyTarget": DATABASE,
};
