import type { Policies } from "@pulumi/policy";
import * as server from "@pulumi/policy/server.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { RecordedResource } from "./record.ts";
import type { WireProperties } from "./wire.ts";

/**
 * Runs policies over recorded resources with the very code that answers Pulumi's engine, so that unknown values, levels and
 * settings behave as they do there. The one place that reaches behind the public interface of @pulumi/policy.
 */

/** What a policy says about one resource, or, without a URN, about the stack. */
export interface Diagnostic {
  readonly policy: string;
  readonly urn: string | undefined;
  readonly message: string;
  readonly isMandatory: boolean;
}

type Respond = (error: Error | null | undefined, response: analyzer.AnalyzeResponse) => void;
type Analyze<Request> = (call: { request: Request }, respond: Respond) => Promise<void>;
type MakeAnalyze<Request> = (pack: string, version: string, level: string, policies: Policies) => Analyze<Request>;

const { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun } = server as unknown as {
  makeAnalyzeRpcFun: MakeAnalyze<analyzer.AnalyzeRequest>;
  makeAnalyzeStackRpcFun: MakeAnalyze<analyzer.AnalyzeStackRequest>;
};

/** As the engine asks before it makes a resource: the policies for single resources see its inputs. */
export function analyzeResource(policies: Policies, resource: RecordedResource): Promise<readonly Diagnostic[]> {
  const request = new analyzer.AnalyzeRequest();
  request.setType(resource.type);
  request.setName(resource.name);
  request.setUrn(resource.urn);
  request.setProperties(structOf(resource.wire.inputs));
  request.setOptions(optionsOf(resource));
  return ask(makeAnalyzeRpcFun("offline", "0.0.0", "mandatory", policies), request);
}

/** As the engine asks at the end of a preview or an update: the policies for stacks see the outputs of everything. */
export function analyzeStack(
  policies: Policies,
  resources: readonly RecordedResource[],
): Promise<readonly Diagnostic[]> {
  const request = new analyzer.AnalyzeStackRequest();
  request.setResourcesList(resources.map(analyzerResource));
  return ask(makeAnalyzeStackRpcFun("offline", "0.0.0", "mandatory", policies), request);
}

function analyzerResource(resource: RecordedResource): analyzer.AnalyzerResource {
  const result = new analyzer.AnalyzerResource();
  result.setType(resource.type);
  result.setName(resource.name);
  result.setUrn(resource.urn);
  result.setProperties(structOf(resource.wire.outputs));
  result.setOptions(optionsOf(resource));
  if (resource.parent) result.setParent(resource.parent);
  result.setDependenciesList([...resource.dependencies]);
  for (const [property, urns] of Object.entries(resource.propertyDependencies)) {
    const dependencies = new analyzer.AnalyzerPropertyDependencies();
    dependencies.setUrnsList([...urns]);
    result.getPropertydependenciesMap().set(property, dependencies);
  }
  return result;
}

function optionsOf(resource: RecordedResource): analyzer.AnalyzerResourceOptions {
  const options = new analyzer.AnalyzerResourceOptions();
  options.setProtect(resource.protect);
  if (resource.parent) options.setParent(resource.parent);
  return options;
}

const structOf = (properties: WireProperties): struct.Struct =>
  struct.Struct.fromJavaScript(properties as Record<string, struct.JavaScriptValue>);

function ask<Request>(analyze: Analyze<Request>, request: Request): Promise<readonly Diagnostic[]> {
  return new Promise((resolve, reject) => {
    analyze({ request }, (error, response) => {
      if (error) reject(error);
      else resolve(response.getDiagnosticsList().map(diagnosticOf));
    }).catch(reject);
  });
}

const diagnosticOf = (diagnostic: analyzer.AnalyzeDiagnostic): Diagnostic => ({
  policy: diagnostic.getPolicyname(),
  urn: diagnostic.getUrn() || undefined,
  message: diagnostic.getMessage(),
  isMandatory: diagnostic.getEnforcementlevel() === analyzer.EnforcementLevel.MANDATORY,
});
