import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { type Recording, recordProgram } from "../../offline/record.ts";
import { kindOf, resourceTree, treeText } from "../../offline/tree.ts";

class Part extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions = {}) {
    super("shop:storage:Part", name, {}, opts);
  }
}

function program(): void {
  const lake = new Part("lake");
  const store = new Part("store", { parent: lake });
  const bucket = new aws.s3.Bucket("bucket", {}, { parent: store });
  for (const name of ["a", "b"]) new aws.s3.BucketObjectv2(name, { bucket: bucket.id }, { parent: store });
  new aws.kms.Key("key", {}, { parent: lake });
  new awsx.ec2.Vpc("net", {}, { parent: new Part("network") });
}

describe("the tree of resources", () => {
  let recording: Recording;

  before(async () => {
    recording = await recordProgram({
      program: async () => program(),
      project: "shop",
      stack: "dev",
      config: {},
      mode: "preview",
    });
  });

  it("shows components with their counts, and what they make by kind", () => {
    assert.equal(
      treeText(resourceTree(recording.resources)),
      [
        "Stack shop-dev: 5 resources in 3 components",
        "├─ Part lake (4)",
        "│  │  kms Key",
        "│  └─ Part store (3)",
        "│        s3 Bucket, s3 BucketObjectv2 ×2",
        "└─ Part network (1)",
        "      awsx ec2 Vpc",
      ].join("\n"),
    );
  });

  it("folds what is wider than the screen", () => {
    const lines = treeText(resourceTree(recording.resources), 30).split("\n");
    assert.deepEqual(lines.slice(4, 6), ["│        s3 Bucket", "│        s3 BucketObjectv2 ×2"]);
  });

  it("counts every resource once, components not", () => {
    assert.equal(
      resourceTree(recording.resources).total,
      recording.resources.filter(({ custom, remote }) => custom || remote).length,
    );
  });

  it("needs a stack", () => {
    assert.throws(() => resourceTree(recording.resources.slice(1)), /no stack at their root/);
  });

  it("names kinds by service", () => {
    assert.equal(kindOf("aws:s3/bucketPolicy:BucketPolicy"), "s3 BucketPolicy");
    assert.equal(kindOf("awsx:ec2:Vpc"), "awsx ec2 Vpc");
  });
});
