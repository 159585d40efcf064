import { containersOf } from "../../lib/containers.ts";
import { fsbp } from "../../lib/frameworks.ts";
import { isOther, knownList, read } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { TASK_DEFINITIONS } from "../../lib/types.ts";

export const containerHardened = resourceRule({
  name: "ecs-container-hardened",
  title: "Containers run without privileges",
  description:
    "Every container runs as a user other than root, without Linux capabilities, on a root file system that it cannot write. Only one that hands volumes over, which ECS gives to root, may be root: it has no capability, no secret and no environment, and has ended before the others start.",
  rationale: "What breaks into a task then can neither install itself in it nor reach out of it.",
  severity: "high",
  frameworks: [fsbp("ECS.4"), fsbp("ECS.5")],
  remediation:
    'Set user, readonlyRootFilesystem: true, linuxParameters.capabilities.drop: ["ALL"] and no privileged; mount a volume where the container has to write.',
  url: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html",
  types: TASK_DEFINITIONS,
  check(task, report) {
    const containers = containersOf(task);
    for (const container of containers) {
      const name = read(container, "name");
      const user = read(container, "user");
      const isRoot = /^(undefined|root|0)?(:|$)/.test(String(user));
      if (isRoot && !handsVolumesOver(container, containers)) {
        report(task, {
          problem: `container ${name} runs as root`,
          value: user,
          allowed: "another user's name or number",
          fix: "set user",
        });
      }
      if (isOther(read(container, "privileged"), undefined, false)) {
        report(task, {
          problem: `container ${name} is privileged`,
          value: read(container, "privileged"),
          allowed: "false",
          fix: "remove privileged",
        });
      }
      if (isOther(read(container, "readonlyRootFilesystem"), true)) {
        report(task, {
          problem: `container ${name} can write its root file system`,
          value: read(container, "readonlyRootFilesystem"),
          allowed: "true",
          fix: "set readonlyRootFilesystem",
        });
      }
      const dropped = knownList(container, "linuxParameters", "capabilities", "drop");
      if (!dropped.includes("ALL")) {
        report(task, {
          problem: `container ${name} keeps rights in the kernel that it does not need`,
          value: dropped,
          allowed: '["ALL"]',
          fix: "set linuxParameters.capabilities.drop",
        });
      }
      const added = knownList(container, "linuxParameters", "capabilities", "add");
      if (added.length > 0) {
        report(task, {
          problem: `container ${name} has more rights in the kernel than containers have`,
          value: added,
          allowed: "none",
          fix: "remove linuxParameters.capabilities.add",
        });
      }
    }
  },
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html */
function handsVolumesOver(container: unknown, containers: readonly unknown[]): boolean {
  const isWaitedFor = containers.some((other) =>
    knownList(other, "dependsOn").some(
      (dependency) =>
        read(dependency, "containerName") === read(container, "name") && read(dependency, "condition") === "SUCCESS",
    ),
  );
  const isTold = ["secrets", "environment"].some((kind) => knownList(container, kind).length > 0);
  return read(container, "essential") === false && isWaitedFor && !isTold;
}
