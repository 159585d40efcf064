import type * as pulumi from "@pulumi/pulumi";
import type { Artifact } from "./artifacts.ts";
import type { ContainerArgs, Mount } from "./container-definition.ts";

/** Bundles of the lake that a container finds as files. */
export interface BundleFiles {
  /** Names of bundles. @example ["sharadar"] */
  readonly names: readonly string[];
  /** Folder in which each of them is a folder of its name. @default "/bundles" */
  readonly path?: string;
  /** The program `runtime/tasks/pull-bundles.ts`. */
  readonly artifact: Artifact;
}

/** What all containers of a task have in common. */
type Shared = Pick<ContainerArgs, "image" | "region" | "logGroup" | "logPrefix">;

/** Volumes of a task that go away with it, and how its program sees them. */
export interface TaskVolumes {
  /** Names of the volumes. */
  readonly volumes: readonly string[];
  /** Containers that end before the program's own starts. */
  readonly before: readonly ContainerArgs[];
  readonly mounts: readonly Mount[];
}

/** Names that no dataset has. */
const NAME = { scratch: "scratch", bundles: "bundles", prepare: "prepare-volumes", pull: "pull-bundles" } as const;

const SCRATCH: Mount = { volume: NAME.scratch, path: "/tmp" };

/**
 * The volumes of a task: one at /tmp, for bodies that do not fit into memory, as the root file system cannot be written; and one
 * with bundles where they are wanted. ECS gives volumes to root, so a first container, which has root's name but none of its
 * rights, lets everybody write them; the second fills the one with bundles, which the program only reads.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
 */
export function taskVolumes(
  shared: Shared,
  lakeUrl: pulumi.Input<string>,
  bundles: BundleFiles | undefined,
): TaskVolumes {
  if (!bundles) return { volumes: [NAME.scratch], before: [preparing(shared, [SCRATCH])], mounts: [SCRATCH] };
  const mount: Mount = { volume: NAME.bundles, path: bundles.path ?? "/bundles" };
  return {
    volumes: [NAME.scratch, NAME.bundles],
    before: [preparing(shared, [SCRATCH, mount]), pulling(shared, lakeUrl, bundles, mount)],
    mounts: [SCRATCH, { ...mount, readOnly: true }],
  };
}

const preparing = (shared: Shared, mounts: readonly Mount[]): ContainerArgs => ({
  ...shared,
  name: NAME.prepare,
  essential: false,
  user: "0",
  command: [
    "node",
    "-e",
    'for (const path of process.argv.slice(1)) require("node:fs").chmodSync(path, 0o1777)',
    ...mounts.map(({ path }) => path),
  ],
  environment: {},
  secrets: {},
  mounts,
});

const pulling = (
  shared: Shared,
  lakeUrl: pulumi.Input<string>,
  { names, artifact }: BundleFiles,
  mount: Mount,
): ContainerArgs => ({
  ...shared,
  name: NAME.pull,
  essential: false,
  environment: {
    TIDEGATE_ARTIFACT: artifact.url,
    TIDEGATE_ARTIFACT_SHA256: artifact.sha256,
    TIDEGATE_BUNDLES: names.join(","),
    TIDEGATE_BUNDLES_FOLDER: mount.path,
    TIDEGATE_LAKE: lakeUrl,
  },
  secrets: {},
  mounts: [mount],
  after: [NAME.prepare],
});
