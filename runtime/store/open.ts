import { UserError } from "../dataset/errors.ts";
import { FolderStore } from "./folder.ts";
import type { Store } from "./store.ts";

/**
 * The store of a location: `s3://bucket/prefix`, or the path of a folder.
 * @param emulated an S3 stand-in that answers on one host for all buckets @param region of the bucket. @default that of the environment
 * @throws UserError when an `s3://` location names no bucket
 */
export async function openStore(
  location: string,
  { emulated = false, region }: { readonly emulated?: boolean; readonly region?: string } = {},
): Promise<Store> {
  if (!location.startsWith("s3://")) return new FolderStore(location);
  const [, bucket, prefix = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/*$/.exec(location) ?? [];
  if (!bucket)
    throw new UserError("the lake's location is wrong:", [
      { path: "", problem: "names no bucket", value: location, allowed: "s3://bucket/prefix, or a folder" },
    ]);
  // A laptop's run never needs the AWS SDK, which is large.
  const { S3Store, s3Client } = await import("./s3.ts");
  return new S3Store(s3Client({ forcePathStyle: emulated, ...(region ? { region } : {}) }), bucket, prefix);
}
