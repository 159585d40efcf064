import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { rules } from "../../policies/rules/index.ts";
import { PROJECT_FOLDER } from "../support/rules.ts";

const PACK_FOLDER = join(PROJECT_FOLDER, "policies");
const RUNNER = createRequire(join(PACK_FOLDER, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";

/** Asks the pack one question. */
function answered<Response>(
  ask: (callback: (error: grpc.ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    ask((error, response) => (error ? reject(error) : resolve(response)));
  });
}

function logGroup(days: number): messages.AnalyzeRequest {
  const request = new messages.AnalyzeRequest();
  request.setType(LOG_GROUP);
  request.setName("logs");
  request.setUrn(`urn:pulumi:dev::tidegate::${LOG_GROUP}::logs`);
  request.setOptions(new messages.AnalyzerResourceOptions());
  request.setProperties(struct.Struct.fromJavaScript({ kmsKeyId: "arn", retentionInDays: days }));
  return request;
}

describe("the policy pack, started as the Pulumi CLI starts it", () => {
  let pack: ChildProcess;
  let client: services.AnalyzerClient;

  before(async () => {
    pack = spawn(process.execPath, [RUNNER, "127.0.0.1:1", "."], {
      cwd: PACK_FOLDER,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said: string[] = [];
    pack.stderr?.on("data", (data) => said.push(String(data)));
    const stopped = once(pack, "exit").then(([code]) => assert.fail(`the pack ended with ${code}: ${said.join("")}`));
    stopped.catch(() => {});
    assert(pack.stdout);
    const [port] = await Promise.race([once(pack.stdout, "data"), stopped]);
    client = new services.AnalyzerClient(`127.0.0.1:${String(port).trim()}`, grpc.credentials.createInsecure());
  });

  after(() => {
    client?.close();
    pack.kill();
  });

  it("serves every rule as mandatory, with all that explains it", async () => {
    const info = await answered<messages.AnalyzerInfo>((callback) =>
      client.getAnalyzerInfo(new empty.Empty(), callback),
    );
    assert.equal(info.getName(), "tidegate");
    const served = info.getPoliciesList().map((policy) => ({
      name: policy.getName(),
      title: policy.getDisplayname(),
      isMandatory: policy.getEnforcementlevel() === messages.EnforcementLevel.MANDATORY,
      remediation: policy.getRemediationSteps(),
      url: policy.getUrl(),
      settings: Object.keys(policy.getConfigschema()?.getProperties()?.toJavaScript() ?? {}),
    }));
    const expected = rules.map(({ name, title, remediation, url, options }) => ({
      name,
      title,
      isMandatory: true,
      remediation,
      url,
      settings: Object.keys(options ?? {}),
    }));
    assert.deepEqual(served, expected);
  });

  it("answers with its own defaults before it is configured, and with the configuration after", async () => {
    const found = async () =>
      (await answered<messages.AnalyzeResponse>((callback) => client.analyze(logGroup(20), callback)))
        .getDiagnosticsList()
        .map((diagnostic) => diagnostic.getMessage());
    assert.deepEqual(await found(), []);
    const configuration = new messages.PolicyConfig();
    configuration.setEnforcementlevel(messages.EnforcementLevel.MANDATORY);
    configuration.setProperties(struct.Struct.fromJavaScript({ minimumDays: 30 }));
    const request = new messages.ConfigureAnalyzerRequest();
    request.getPolicyconfigMap().set("cloudwatch-log-group-kept", configuration);
    await answered((callback) => client.configure(request, callback));
    const [message = ""] = await found();
    assert.match(message, /logs: expires too soon \(got 20\); allowed: at least 30 days/);
  });
});
