import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb.js";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import * as settings from "@pulumi/pulumi/runtime/settings.js";
import type { WireProperties } from "./wire.ts";

/**
 * The one place that reaches behind Pulumi's public interface, so that an upgrade of @pulumi/pulumi has one file to
 * break: the resource monitor that a program talks to, and the queue of its calls.
 */

/** A resource as the program sent it to the engine, with what the engine answered. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly parent: string | undefined;
  readonly id: string | undefined;
  readonly custom: boolean;
  readonly remote: boolean;
  readonly protect: boolean;
  readonly provider: string | undefined;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly inputs: WireProperties;
  /** What the provider (or, for a component, the program) says about the resource. */
  readonly outputs: WireProperties;
}

/** Where a program runs: its project and stack, its configuration, and whether it is only previewed. */
export interface Session {
  readonly project: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  readonly preview: boolean;
  readonly mocks: pulumi.runtime.Mocks;
}

type Callback<T> = (error: Error | null, response: T) => void;

/** Starts a session in this process; the answer fills up while the program runs. */
export async function startSession(session: Session): Promise<ReadonlyMap<string, Registration>> {
  pulumi.runtime.setAllConfig({ ...session.config }, [...session.secretKeys]);
  await pulumi.runtime.setMocks(session.mocks, session.project, session.stack, session.preview);
  const monitor = settings.getMonitor() as unknown as MockMonitor;
  const registrations = new Map<string, Registration>();
  const register = monitor.registerResource.bind(monitor);
  const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
  Object.assign(monitor, {
    newUrn: (parent: string, type: string, name: string) => urnOf(session, parent, type, name),
    registerResource: (request: RegisterResourceRequest, callback: Callback<RegisterResourceResponse>) =>
      register(request, (error: Error | null, response: RegisterResourceResponse) => {
        if (!error) {
          const registration = read(request, response);
          if (registrations.has(registration.urn)) {
            callback(new Error(`two resources have the URN ${registration.urn}`), response);
            return;
          }
          registrations.set(registration.urn, registration);
        }
        callback(error, response);
      }),
    registerResourceOutputs: (request: OutputsRequest, callback: Callback<unknown>) => {
      const registration = registrations.get(request.getUrn());
      const outputs = request.getOutputs()?.toJavaScript();
      if (registration && outputs) registrations.set(registration.urn, { ...registration, outputs });
      registerOutputs(request, callback);
    },
  });
  return registrations;
}

interface OutputsRequest {
  getUrn(): string;
  getOutputs(): { toJavaScript(): WireProperties } | undefined;
}

/** Waits until every registration that the program has begun is answered. */
export function callsAnswered(): Promise<void> {
  return (settings as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
}

// As the engine names resources: the types of all parents except the stack's, https://www.pulumi.com/docs/iac/concepts/resources/names/#urns
function urnOf(session: Session, parent: string, type: string, name: string): string {
  const parentTypes = parent.split("::")[2];
  const chain = parentTypes && parentTypes !== STACK_TYPE ? `${parentTypes}$${type}` : type;
  return `urn:pulumi:${session.stack}::${session.project}::${chain}::${name}`;
}

/** The type of the root of every program. */
export const STACK_TYPE = "pulumi:pulumi:Stack";

function read(request: RegisterResourceRequest, response: RegisterResourceResponse): Registration {
  const propertyDependencies: Record<string, readonly string[]> = {};
  request.getPropertydependenciesMap().forEach((urns, property) => {
    if (urns.getUrnsList().length > 0) propertyDependencies[property] = urns.getUrnsList();
  });
  return {
    type: request.getType(),
    name: request.getName(),
    urn: response.getUrn(),
    parent: request.getParent() || undefined,
    id: response.getId() || undefined,
    custom: request.getCustom(),
    remote: request.getRemote(),
    protect: request.getProtect() ?? false,
    provider: request.getProvider() || undefined,
    dependencies: request.getDependenciesList(),
    propertyDependencies,
    inputs: request.getObject()?.toJavaScript() ?? {},
    outputs: request.getCustom() || request.getRemote() ? (response.getObject()?.toJavaScript() ?? {}) : {},
  };
}
