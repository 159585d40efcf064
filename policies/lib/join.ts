import type { PolicyResource } from "@pulumi/policy";

/** The resources of the given types. */
export function ofType(resources: readonly PolicyResource[], types: readonly string[]): readonly PolicyResource[] {
  return resources.filter(({ type }) => types.includes(type));
}

/**
 * Whether an output of `target` is in a property of `resource`. The engine tracks that by URN, before any value is known; comparing
 * values would fail at preview, where both are unknown.
 */
export function refersTo(resource: PolicyResource, property: string, target: PolicyResource): boolean {
  return (resource.propertyDependencies[property] ?? []).some(({ urn }) => urn === target.urn);
}

/** The resources whose outputs are in a property, of the given types. */
export function referredTo(
  resource: PolicyResource,
  property: string,
  types: readonly string[],
): readonly PolicyResource[] {
  return ofType(resource.propertyDependencies[property] ?? [], types);
}

/** The resources of some types that name `target` in a property, such as the policies of a bucket. */
export function attachedTo(
  target: PolicyResource,
  resources: readonly PolicyResource[],
  types: readonly string[],
  property: string,
): readonly PolicyResource[] {
  return ofType(resources, types).filter((resource) => refersTo(resource, property, target));
}

/** Whether a resource waits for another, be it for an output or because the program says so. */
export function dependsOn(resource: PolicyResource, target: PolicyResource): boolean {
  return (
    resource.dependencies.some(({ urn }) => urn === target.urn) ||
    Object.keys(resource.propertyDependencies).some((property) => refersTo(resource, property, target))
  );
}
