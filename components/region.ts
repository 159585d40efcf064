import * as pulumi from "@pulumi/pulumi";
import type { Context } from "./context.ts";

/** The same context for resources that are in another region. */
export const contextIn = (context: Context, region: string): Context => ({ ...context, region: pulumi.output(region) });

/**
 * Puts every resource below a component into another region, unless it says one itself. A provider of its own for that region
 * would not know what the stack's configuration tells the default one: its profile, the role to take, its endpoints.
 * @example new PrivateBucket("replica", args, { transformations: [inRegion("eu-central-1")] })
 */
export function inRegion(region: string): pulumi.ResourceTransformation {
  return ({ props, opts }) =>
    "region" in props ? { props: { ...props, region: props.region ?? region }, opts } : undefined;
}
