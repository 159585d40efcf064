import assert from "node:assert/strict";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";

/** The environment that points AWS clients at the emulator of a deployment. */
export const AWS_VARIABLES = ["AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const;

/** A container of a task definition, as ECS describes it. */
export interface Container {
  readonly command: readonly string[];
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
}

/** A variable of this process that has to be there. */
export function variable(name: string): string {
  const value = process.env[name];
  assert(value, `${name} is not set: run this inside of a deployment`);
  return value;
}

/** The container of a task definition that does the work, its first. It asks ECS's JSON protocol, as the emulator takes requests without a signature. */
export async function containerOf(taskDefinition: string): Promise<Container> {
  const answer = await fetch(variable("AWS_ENDPOINT_URL"), {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition",
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${variable("AWS_REGION")}/ecs/aws4_request`,
    },
    body: JSON.stringify({ taskDefinition }),
  });
  const description = (await answer.json()) as { taskDefinition?: { containerDefinitions: Container[] } };
  const [container] = description.taskDefinition?.containerDefinitions ?? [];
  assert(container, `ECS answered ${answer.status} for ${taskDefinition}: ${JSON.stringify(description)}`);
  return container;
}

/** An object's text. */
export async function objectOf(bucket: string, key: string): Promise<string> {
  const client = new S3Client({ forcePathStyle: true });
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await Body?.transformToString()) ?? "";
}

/** The keys of all objects of a bucket, in order. */
export async function keysOf(bucket: string): Promise<string[]> {
  const client = new S3Client({ forcePathStyle: true });
  const { Contents = [], IsTruncated } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  assert(!IsTruncated, "the lake has more objects than one listing shows");
  return Contents.flatMap(({ Key }) => Key ?? []);
}
