import { fsbp } from "../../lib/frameworks.ts";
import { isOther, knownList, read, readList, UNKNOWN } from "../../lib/read.ts";
import { type Report, resourceRule, type Subject } from "../../lib/rule.ts";
import { LAUNCH_TEMPLATES } from "../../lib/types.ts";

export const machineHardened = resourceRule({
  name: "ec2-machine-hardened",
  title: "Machines give away neither credentials nor disks",
  description:
    "A launch template demands tokens for instance metadata, encrypts every disk with a customer managed key, and gives neither key pairs nor public addresses.",
  rationale:
    "Without tokens a request that a program can be talked into reads the machine's credentials; a key pair is a door that nobody closes again.",
  severity: "high",
  frameworks: [fsbp("EC2.25"), fsbp("EC2.170")],
  remediation:
    "Set metadataOptions.httpTokens to required, encrypted and kmsKeyId on every disk; leave out keyName and associatePublicIpAddress.",
  url: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
  types: LAUNCH_TEMPLATES,
  check(template, report) {
    const tokens = read(template.props, "metadataOptions", "httpTokens");
    if (isOther(tokens, "required")) {
      report(template, {
        problem: "answers questions for metadata without a token",
        value: tokens,
        allowed: "required",
        fix: "set metadataOptions.httpTokens",
      });
    }
    checkDisks(template, report);
    const keyName = read(template.props, "keyName");
    if (keyName !== undefined) {
      report(template, { problem: "has a key pair", value: keyName, allowed: "none", fix: "remove keyName" });
    }
    const isPublic = ({ value }: { value: unknown }) => value === true || value === "true";
    const addresses = knownList(template.props, "networkInterfaces").map((one) => ({
      value: read(one, "associatePublicIpAddress"),
    }));
    if (addresses.some(isPublic)) {
      report(template, {
        problem: "gives its machines public addresses",
        value: true,
        allowed: "none, or false",
        fix: "remove associatePublicIpAddress",
      });
    }
  },
});

function checkDisks(template: Subject, report: Report): void {
  const disks = readList(template.props, "blockDeviceMappings");
  if (disks === UNKNOWN) return;
  if (disks.length === 0) {
    report(template, {
      problem: "leaves its disks as the image has them",
      allowed: "blockDeviceMappings with encrypted disks",
      fix: "name the root disk with encrypted and kmsKeyId",
    });
  }
  for (const disk of disks) {
    const encrypted = read(disk, "ebs", "encrypted");
    const isOpen = isOther(encrypted, true, "true");
    if (!isOpen && read(disk, "ebs", "kmsKeyId") !== undefined) continue;
    report(template, {
      problem: isOpen ? "has a disk that is not encrypted" : "encrypts a disk with the key that AWS manages",
      ...(isOpen ? { value: encrypted } : {}),
      allowed: "ebs: { encrypted: true, kmsKeyId }",
      fix: "set both for every disk",
    });
  }
}
