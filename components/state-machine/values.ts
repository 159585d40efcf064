/** How likely a task is placed on each kind of capacity. */
export interface CapacityShare {
  readonly capacityProvider: string;
  readonly weight: number;
}

/** What the definition of a pipeline says about its surroundings; plain values, all of them known when it is built. */
export interface PipelineValues {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  /** Name of the dataset and of its container. */
  readonly dataset: string;
  /** Source of the events that the pipeline puts. */
  readonly eventSource: string;
  /** Where the lake is: a bucket, and where the lake begins in it. */
  readonly bucket: string;
  readonly prefix: string;
  /** ARN of the cluster. */
  readonly cluster: string;
  /**
   * Family of the task definition, without a revision: an execution that began before a deployment would otherwise ask for a
   * revision that the deployment took away.
   */
  readonly taskFamily: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: boolean;
  /** Where tasks run at first, and where after several interruptions. */
  readonly capacity: readonly CapacityShare[];
  readonly fallback: readonly CapacityShare[];
  /** Seconds after which a step is taken for dead. */
  readonly timeout: number;
  /** Whether there is anything to load into. */
  readonly loads: boolean;
}
