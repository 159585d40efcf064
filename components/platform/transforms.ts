import type { AlertsArgs } from "../alerts.ts";
import type { ArtifactStoreArgs } from "../artifacts.ts";
import type { CiRoleArgs } from "../ci-role.ts";
import type { DashboardArgs } from "../dashboard.ts";
import type { DataLakeArgs } from "../data-lake.ts";
import type { DatabaseArgs } from "../database.ts";
import type { DatabaseSetupArgs } from "../database-setup.ts";
import type { DatasetPipelineArgs } from "../dataset-pipeline.ts";
import type { EncryptionKeyArgs } from "../encryption-key.ts";
import type { IngestionTaskArgs } from "../ingestion-task.ts";
import type { LogBucketArgs } from "../log-bucket.ts";
import type { NetworkArgs } from "../network.ts";
import type { OwnImageArgs } from "../own-image.ts";
import type { PipelineGroupArgs } from "../pipeline-group.ts";
import type { ReaderRoleArgs } from "../readers.ts";
import type { SourceSecretArgs } from "../source-secret.ts";
import type { SpendingArgs } from "../spending.ts";
import type { TaskRunnerArgs } from "../task-runner.ts";
import type { TeamGroupArgs } from "../team-group.ts";
import type { ProvisionedWarehouseArgs } from "../warehouse-provisioned.ts";
import type { ServerlessWarehouseArgs } from "../warehouse-serverless.ts";

/** Changes to what the components of a platform give to their children, by component. */
export interface PlatformTransform {
  readonly key?: EncryptionKeyArgs["transform"];
  readonly accessLogs?: LogBucketArgs["transform"];
  readonly lake?: DataLakeArgs["transform"];
  readonly artifacts?: ArtifactStoreArgs["transform"];
  readonly network?: NetworkArgs["transform"];
  readonly image?: OwnImageArgs["transform"];
  readonly runner?: TaskRunnerArgs["transform"];
  readonly alerts?: AlertsArgs["transform"];
  readonly serverlessWarehouse?: ServerlessWarehouseArgs["transform"];
  readonly provisionedWarehouse?: ProvisionedWarehouseArgs["transform"];
  readonly database?: DatabaseArgs["transform"];
  readonly databaseSetup?: DatabaseSetupArgs["transform"];
  readonly secrets?: SourceSecretArgs["transform"];
  readonly tasks?: IngestionTaskArgs["transform"];
  readonly pipelineGroup?: PipelineGroupArgs["transform"];
  readonly pipelines?: DatasetPipelineArgs["transform"];
  readonly dashboard?: DashboardArgs["transform"];
  readonly spending?: SpendingArgs["transform"];
  readonly readers?: ReaderRoleArgs["transform"];
  readonly ci?: CiRoleArgs["transform"];
  readonly team?: TeamGroupArgs["transform"];
}
