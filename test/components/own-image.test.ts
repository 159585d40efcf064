import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deploymentContext } from "../../components/context.ts";
import { EncryptionKey } from "../../components/encryption-key.ts";
import { OwnImage, type OwnImageArgs } from "../../components/own-image.ts";
import { parts, taskParts } from "../support/components.ts";
import { inputs, joined, json, made, recorded, resource, statements } from "../support/pulumi.ts";

describe("OwnImage", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tidegate-image-"));
    mkdirSync(join(folder, "certificates"));
    writeFileSync(join(folder, "Dockerfile"), "FROM node\n");
    writeFileSync(join(folder, "certificates", "ours.pem"), "one");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const image = (args: Partial<OwnImageArgs> = {}) =>
    recorded(() => new OwnImage("own", { ...parts({ tags: { Owner: "research" } }), folder, ...args }), {
      mode: "update",
    });
  const tag = async () => String(inputs(await image(), "own-image").imageTag);

  it("is a private repository, encrypted and scanned, whose tags never move", async () => {
    const recording = await image();
    assert.deepEqual(
      made(recording).filter((name) => name.includes(" own")),
      ["awsx:ecr:Image own-image", "awsx:ecr:Repository own-repository", "tidegate:compute:OwnImage own"],
    );
    assert.deepEqual(inputs(recording, "own-repository"), {
      name: "tidegate-test-own",
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: resource(recording, "key-key").outputs.arn }],
      lifecyclePolicy: { rules: [{ tagStatus: "any", maximumNumberOfImages: 10 }] },
      forceDelete: false,
      tags: { Owner: "research" },
    });
  });

  it("is built from the folder, for the architecture of tasks", async () => {
    const recording = await image();
    const { imageTag, ...rest } = inputs(recording, "own-image");
    assert.deepEqual(rest, {
      repositoryUrl: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tidegate-test-own",
      context: folder,
      platform: "linux/arm64",
    });
    assert.match(String(imageTag), /^[0-9a-f]{20}$/);
    assert.deepEqual(joined(recording, "own-image", "repositoryUrl"), ["own-repository"]);
    assert.equal(inputs(await image({ architecture: "x86_64" }), "own-image").platform, "linux/amd64");
  });

  it("has a tag that says its content: files, names and nothing else", async () => {
    const first = await tag();
    assert.equal(await tag(), first);
    writeFileSync(join(folder, "certificates", "ours.pem"), "two");
    const second = await tag();
    assert.notEqual(second, first);
    rmSync(join(folder, "certificates", "ours.pem"));
    writeFileSync(join(folder, "certificates", "other.pem"), "two");
    assert.notEqual(await tag(), second);
  });

  it("is what a task runs, by digest, and what its execution role may pull", async () => {
    const recording = await recorded(
      () => {
        const context = deploymentContext({ stack: "image" });
        const key = new EncryptionKey("image-key", { context });
        taskParts("coinbase_candles", { image: new OwnImage("own", { context, key, folder }) });
      },
      { mode: "update" },
    );
    const [container] = json(recording, "ingest-definition", "containerDefinitions") as { image: string }[];
    assert.equal(
      container?.image,
      `123456789012.dkr.ecr.eu-west-1.amazonaws.com/tidegate-image-own@sha256:${"0".repeat(64)}`,
    );
    assert.deepEqual(statements(recording, "ingest-execution-pull-image"), [
      { Sid: "LogIn", Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: "*" },
      {
        Sid: "Pull",
        Effect: "Allow",
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Resource: "arn:aws:ecr:eu-west-1:123456789012:repository/tidegate-image-own",
      },
    ]);
  });
});
