import { S3Client } from "@aws-sdk/client-s3";
import { UserError } from "../dataset/errors.ts";
import { FolderStore } from "./folder.ts";
import { S3Store } from "./s3.ts";
import type { Store } from "./store.ts";

/**
 * The store of a location: `s3://bucket/prefix`, or the path of a folder.
 * @throws UserError when an `s3://` location names no bucket
 */
export function openStore(location: string): Store {
  if (!location.startsWith("s3://")) return new FolderStore(location);
  const [, bucket, prefix = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/*$/.exec(location) ?? [];
  if (!bucket)
    throw new UserError("the lake's location is wrong:", [
      { path: "", problem: "names no bucket", value: location, allowed: "s3://bucket/prefix, or a folder" },
    ]);
  // An emulator answers on one host for all buckets.
  return new S3Store(new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined }), bucket, prefix);
}
