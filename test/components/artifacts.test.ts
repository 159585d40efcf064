import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ArtifactStore } from "../../components/artifacts.ts";
import { bundle } from "../../components/bundle.ts";
import { Asset } from "../../offline/wire.ts";
import { parts, roleOf } from "../support/components.ts";
import { inputs, joined, made, recorded, statements } from "../support/pulumi.ts";

const ENTRY = "components/bootstrap/program.ts";
const BUCKET = "tidegate-test-artifacts-123456789012";

describe("ArtifactStore", () => {
  const { sha256 } = bundle(ENTRY);
  const key = `artifacts/program-${sha256.slice(0, 20)}.cjs`;

  const store = (grant = false) =>
    recorded(() => {
      const { context, key } = parts();
      const artifacts = new ArtifactStore("artifacts", { context, key });
      const artifact = artifacts.add("program", ENTRY);
      artifact.url.apply((url) => assert.equal(url, `s3://${BUCKET}/${artifact.key}`));
      assert.equal(artifact.sha256, sha256);
      if (grant) artifacts.grantRead(roleOf(context), artifact);
    });

  it("is a private bucket with one object for each program", async () => {
    const names = made(await store());
    assert.equal(names.filter((name) => name.includes("artifacts-store")).length, 8);
    assert.deepEqual(
      names.filter((name) => name.includes("artifacts") && !name.includes("artifacts-store")),
      ["aws:s3/bucketObjectv2:BucketObjectv2 artifacts-program", "tidegate:storage:ArtifactStore artifacts"],
    );
  });

  it("holds the program's bytes below a key that says their digest", async () => {
    const recording = await store();
    const { source, bucket: _, ...rest } = inputs(recording, "artifacts-program");
    assert.deepEqual(rest, { key, contentType: "text/javascript" });
    assert(source instanceof Asset && source.kind === "path");
    assert.equal(
      createHash("sha256")
        .update(await readFile(source.value))
        .digest("hex"),
      sha256,
    );
  });

  it("keeps older artifacts, which older task definitions start", async () => {
    let retained: boolean | undefined;
    await recorded(() => new ArtifactStore("artifacts", parts()).add("program", ENTRY), {
      watch: ({ name, opts }) => {
        if (name === "artifacts-program") retained = opts.retainOnDelete;
      },
    });
    assert.equal(retained, true);
  });

  it("is filled after the bucket's rules are set", async () => {
    assert.deepEqual(joined(await store(), "artifacts-program", "bucket"), [
      "artifacts-store-bucket",
      "artifacts-store-encryption",
      "artifacts-store-policy",
      "artifacts-store-versioning",
    ]);
  });

  it("grants reading of one artifact", async () => {
    const [list, read] = statements(await store(true), "someone-read-artifact");
    assert.deepEqual(list, {
      Sid: "List",
      Effect: "Allow",
      Action: ["s3:ListBucket"],
      Resource: `arn:aws:s3:::${BUCKET}`,
      Condition: { StringLike: { "s3:prefix": [key] } },
    });
    assert.deepEqual(read, {
      Sid: "Artifact",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: [`arn:aws:s3:::${BUCKET}/${key}`],
    });
  });
});
