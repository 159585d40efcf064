/** Processor architecture of a task. Graviton (`arm64`) costs a fifth less. */
export type Architecture = "arm64" | "x86_64";

/**
 * The stock Node image that tasks run in: an index for arm64 and x86_64, at the mirror of Docker's official images that needs no
 * credentials. Pinned by digest, so that nothing unseen is ever started. To refresh it, take a newer tag of the same major
 * version from https://gallery.ecr.aws/docker/library/node, compare its digest with the one that Docker Hub shows for that tag,
 * change it here, and look at `pulumi preview`.
 */
export const NODE_IMAGE =
  "public.ecr.aws/docker/library/node:24.15.0-trixie-slim@sha256:e912bcfe2f7e129a76d8a6f6df8ab466ce5cd1de59835bc1eeead306611217ad";
