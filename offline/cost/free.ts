const PART_OF_BUCKET = "a setting of a bucket";
const IAM = "IAM costs nothing";
const FIREWALL = "security groups cost nothing";
const POLICY = "a policy of something that is priced itself";

/** Types of resources that cost nothing, and why. */
export const FREE: Readonly<Record<string, string>> = {
  "aws:iam/role:Role": IAM,
  "aws:iam/rolePolicy:RolePolicy": IAM,
  "aws:iam/policy:Policy": IAM,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": IAM,
  "aws:ec2/securityGroup:SecurityGroup": FIREWALL,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": FIREWALL,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": FIREWALL,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": FIREWALL,
  "aws:s3/bucketPolicy:BucketPolicy": PART_OF_BUCKET,
  "aws:s3/bucketVersioning:BucketVersioning": PART_OF_BUCKET,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": PART_OF_BUCKET,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": PART_OF_BUCKET,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": PART_OF_BUCKET,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": PART_OF_BUCKET,
  "aws:s3/bucketObjectv2:BucketObjectv2": "a few MB, counted with what is stored",
  "aws:kms/alias:Alias": "a name of a key",
  "aws:sqs/queuePolicy:QueuePolicy": POLICY,
  "aws:sns/topicPolicy:TopicPolicy": POLICY,
  "aws:sns/topicSubscription:TopicSubscription": "the first 1,000 mails of a month are free",
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": "a setting of a cluster; tasks are priced",
  "aws:scheduler/scheduleGroup:ScheduleGroup": "a folder of schedules; starts are priced",
};
