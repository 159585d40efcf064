import { containersOf } from "../../lib/containers.ts";
import { read } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { TASK_DEFINITIONS } from "../../lib/types.ts";

export const imagePinned = resourceRule({
  name: "ecs-image-pinned",
  title: "Container images are pinned by digest",
  description: "Every container names its image by digest.",
  rationale: "A tag can be moved: the same task definition would then start other code tomorrow.",
  severity: "high",
  frameworks: [],
  remediation: "Write the image as name@sha256:digest; a tag may stand before the @ for people.",
  url: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html",
  types: TASK_DEFINITIONS,
  check(task, report) {
    for (const container of containersOf(task)) {
      const image = read(container, "image");
      if (!/@sha256:[0-9a-f]{64}$/.test(String(image))) {
        report(task, {
          problem: `container ${read(container, "name")} runs whatever its image's name points to`,
          value: image,
          allowed: "name@sha256:digest",
          fix: "add the digest to image",
        });
      }
    }
  },
});
