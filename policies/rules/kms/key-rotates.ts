import { cis } from "../../lib/frameworks.ts";
import { isOther, read } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { KMS_KEYS } from "../../lib/types.ts";

export const keyRotates = resourceRule({
  name: "kms-key-rotates",
  title: "Keys rotate",
  description: "Every KMS key rotates by itself, at least once in the configured number of days.",
  rationale: "Rotation limits how much is encrypted with one key material; old material keeps decrypting.",
  severity: "medium",
  frameworks: [cis("3.6")],
  remediation: "Set enableKeyRotation to true and, when it is set, rotationPeriodInDays to 365 or less.",
  url: "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
  types: KMS_KEYS,
  options: { maximumDays: { description: "Longest time between two rotations, in days.", default: 365 } },
  check(key, report, { maximumDays }) {
    const rotates = read(key.props, "enableKeyRotation");
    if (isOther(rotates, true)) {
      report(key, { problem: "does not rotate", value: rotates, allowed: "true", fix: "set enableKeyRotation" });
    }
    const days = read(key.props, "rotationPeriodInDays");
    if (typeof days === "number" && days > maximumDays) {
      report(key, {
        problem: "rotates too rarely",
        value: days,
        allowed: `at most ${maximumDays} days`,
        fix: "lower rotationPeriodInDays",
      });
    }
  },
});
