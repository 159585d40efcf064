import type { PolicyResource } from "@pulumi/policy";
import { ofType, refersTo } from "../../lib/join.ts";
import { isOther, read, UNKNOWN } from "../../lib/read.ts";
import { stackRule } from "../../lib/rule.ts";
import { VPC_COMPONENTS, VPC_ENDPOINTS, VPCS } from "../../lib/types.ts";
import { vpcsOf } from "../../lib/vpcs.ts";

export const vpcS3Endpoint = stackRule({
  name: "ec2-vpc-s3-endpoint",
  title: "The lake is reached without the internet",
  description: "Every VPC has a gateway endpoint for S3.",
  rationale:
    "Without it all objects go through NAT or a public address, which costs per GB and cannot be limited to own buckets.",
  severity: "medium",
  frameworks: [],
  remediation:
    "Add a VpcEndpoint of type Gateway for com.amazonaws.<region>.s3 with the VPC's id and its route tables.",
  url: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html",
  types: [...VPCS, ...VPC_COMPONENTS],
  check(resources, report) {
    const endpoints = ofType(resources, VPC_ENDPOINTS).filter(isS3Gateway);
    for (const { vpc, owners } of vpcsOf(resources)) {
      const isReached = endpoints.some((endpoint) => owners.some((owner) => refersTo(endpoint, "vpcId", owner)));
      if (isReached) continue;
      report(vpc, {
        problem: "reaches S3 through the internet",
        allowed: "a gateway VpcEndpoint for S3 whose vpcId is this VPC's id",
        fix: "add one with the VPC's route tables",
      });
    }
  },
});

function isS3Gateway({ props }: PolicyResource): boolean {
  const service = read(props, "serviceName");
  const isS3 = service === UNKNOWN || String(service).endsWith(".s3");
  return isS3 && !isOther(read(props, "vpcEndpointType"), "Gateway", undefined);
}
