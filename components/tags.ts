import type * as pulumi from "@pulumi/pulumi";

/**
 * Gives tags to every taggable resource below a component; tags that a resource has itself win. A resource is taggable when its
 * class has the output `tagsAll`. Resources that a plugin creates elsewhere (awsx) are not reached: give them tags as arguments.
 * @example new DataLake("lake", args, { transformations: [tagged({ Owner: "research" })] })
 */
export function tagged(tags: Readonly<Record<string, string>>): pulumi.ResourceTransformation {
  return ({ props, opts }) =>
    "tagsAll" in props ? { props: { ...props, tags: { ...tags, ...props.tags } }, opts } : undefined;
}
