import { fsbp } from "../../lib/frameworks.ts";
import { isOther, read, readList, UNKNOWN } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { REPOSITORIES } from "../../lib/types.ts";

export const repositoryHardened = resourceRule({
  name: "ecr-repository-hardened",
  title: "Images cannot be exchanged, and are looked at",
  description:
    "Every repository has tags that cannot be moved, scans what is pushed, and encrypts with a customer managed KMS key.",
  rationale: "Who can move a tag decides what runs; an image that was safe when it was built is not safe for ever.",
  severity: "medium",
  frameworks: [fsbp("ECR.1"), fsbp("ECR.2")],
  remediation:
    "Set imageTagMutability to IMMUTABLE, imageScanningConfiguration.scanOnPush, and encryptionConfigurations with KMS and the key's arn.",
  url: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
  types: REPOSITORIES,
  check(repository, report) {
    const { props } = repository;
    const mutability = read(props, "imageTagMutability");
    if (isOther(mutability, "IMMUTABLE")) {
      report(repository, {
        problem: "has tags that can be moved",
        value: mutability,
        allowed: "IMMUTABLE",
        fix: "set imageTagMutability",
      });
    }
    const scan = read(props, "imageScanningConfiguration", "scanOnPush");
    if (isOther(scan, true)) {
      report(repository, {
        problem: "does not scan what is pushed",
        value: scan,
        allowed: "true",
        fix: "set imageScanningConfiguration.scanOnPush",
      });
    }
    const encryptions = readList(props, "encryptionConfigurations");
    if (encryptions === UNKNOWN) return;
    const [encryption] = encryptions;
    if (isOther(read(encryption, "encryptionType"), "KMS") || read(encryption, "kmsKey") === undefined) {
      report(repository, {
        problem: "does not encrypt with a key of your own",
        allowed: 'encryptionConfigurations: [{ encryptionType: "KMS", kmsKey }]',
        fix: "set encryptionConfigurations",
      });
    }
  },
});
