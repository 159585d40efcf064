import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import {
  type Evaluation,
  type Mode,
  type RecordedResource,
  type Recording,
  recordProgram,
} from "../../offline/record.ts";
import { hasUnknown, reveal, Secret, UNKNOWN } from "../../offline/wire.ts";
import { UserError } from "../../runtime/dataset/errors.ts";

const record = (program: () => unknown, changes: Partial<Evaluation> = {}): Promise<Recording> =>
  recordProgram({
    program: async () => program(),
    project: "shop",
    stack: "dev",
    config: { "aws:region": "eu-west-1" },
    mode: "update",
    ...changes,
  });

function named(recording: Recording, name: string): RecordedResource {
  const found = recording.resources.find((resource) => resource.name === name);
  assert(found, `nothing is called ${name}`);
  return found;
}

class Inner extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("shop:index:Inner", name, {}, opts);
    const bucket = new aws.s3.Bucket(`${name}-bucket`, {}, { parent: this, protect: true });
    bucket.arn.apply(async (arn) => {
      await setTimeout(20);
      const topic = new aws.sns.Topic(`${name}-late`, { displayName: arn }, { parent: this });
      topic.arn.apply(async () => {
        await setTimeout(20);
        new aws.sqs.Queue(`${name}-later`, {}, { parent: this });
      });
    });
    this.registerOutputs({ bucket: bucket.id });
  }
}

class Outer extends pulumi.ComponentResource {
  constructor(name: string) {
    super("shop:index:Outer", name, { size: 3 });
    new Inner(`${name}-inner`, { parent: this });
    this.registerOutputs();
  }
}

const versioned = () => {
  const bucket = new aws.s3.Bucket("lake");
  new aws.s3.BucketVersioning("versions", { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } });
  return { bucket: bucket.arn };
};

describe("recordProgram", () => {
  it("names resources as the engine does: by the types of all parents but the stack", async () => {
    const recording = await record(() => void new Outer("o"), { mode: "preview" });
    assert.deepEqual(
      recording.resources.map(({ urn }) => urn),
      [
        "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev",
        "urn:pulumi:dev::shop::shop:index:Outer::o",
        "urn:pulumi:dev::shop::shop:index:Outer$shop:index:Inner::o-inner",
        "urn:pulumi:dev::shop::shop:index:Outer$shop:index:Inner$aws:s3/bucket:Bucket::o-inner-bucket",
      ],
    );
  });

  it("knows components, their inputs and outputs, parents and protection", async () => {
    const recording = await record(() => void new Outer("o"));
    const inner = named(recording, "o-inner");
    assert.deepEqual(named(recording, "o").inputs, { size: 3 });
    assert.deepEqual(inner.outputs, { bucket: "o-inner-bucket" });
    assert.equal(inner.parent, named(recording, "o").urn);
    assert.equal(inner.custom, false);
    assert.equal(named(recording, "o-inner-bucket").custom, true);
    assert.equal(named(recording, "o-inner-bucket").protect, true);
    assert.equal(inner.protect, false);
  });

  it("waits for resources that are made once an output is known", async () => {
    const recording = await record(() => void new Outer("o"));
    assert.deepEqual(named(recording, "o-inner-late").inputs, { displayName: "arn:aws:s3:::o-inner-bucket" });
    assert.equal(named(recording, "o-inner-later").type, "aws:sqs/queue:Queue");
  });

  it("leaves unknown, in preview, what only a deployment makes, and keeps the joins", async () => {
    const recording = await record(versioned, { mode: "preview" });
    const versions = named(recording, "versions");
    assert.deepEqual(versions.inputs, { bucket: UNKNOWN, versioningConfiguration: { status: "Enabled" } });
    assert.deepEqual(versions.propertyDependencies, { bucket: [named(recording, "lake").urn] });
    assert.equal(named(recording, "lake").outputs.arn, UNKNOWN);
    assert.deepEqual(recording.outputs, { bucket: UNKNOWN });
    assert.equal(hasUnknown(versions.inputs), true);
  });

  it("gives, in update, ids and ARNs of the form that AWS gives", async () => {
    const recording = await record(() => {
      const queue = new aws.sqs.Queue("dead", { name: "dead-letters" });
      return { ...versioned(), queue: queue.arn, url: queue.id };
    });
    assert.deepEqual(recording.outputs, {
      bucket: "arn:aws:s3:::lake",
      queue: "arn:aws:sqs:eu-west-1:123456789012:dead-letters",
      url: "https://sqs.eu-west-1.amazonaws.com/123456789012/dead-letters",
    });
    assert.equal(hasUnknown(named(recording, "versions").inputs), false);
  });

  for (const mode of ["preview", "update"] satisfies Mode[]) {
    it(`marks secrets, in ${mode}`, async () => {
      const recording = await record(
        () => void new aws.ssm.Parameter("p", { type: "String", value: pulumi.secret("s") }),
        {
          mode,
        },
      );
      const { value } = named(recording, "p").inputs;
      assert(value instanceof Secret);
      assert.equal(reveal(value), "s");
    });
  }

  it("describes awsx's VPC by its arguments: a subnet of each kind per zone", async () => {
    const { outputs } = await record(() => {
      const vpc = new awsx.ec2.Vpc("net", {
        numberOfAvailabilityZones: 2,
        subnetSpecs: [{ type: "Public" }, { type: "Isolated" }],
      });
      return {
        open: vpc.publicSubnetIds,
        closed: vpc.privateSubnetIds,
        isolated: vpc.isolatedSubnetIds,
        tables: vpc.routeTables,
      };
    });
    const count = (name: string) => (outputs[name] as unknown[]).length;
    assert.deepEqual(["open", "closed", "isolated", "tables"].map(count), [2, 0, 2, 4]);
  });

  it("answers what programs ask about the account, and refuses what it has no answer for", async () => {
    const { outputs } = await record(async () => ({
      account: (await aws.getCallerIdentity()).accountId,
      region: (await aws.getRegion()).region,
      zones: (await aws.getAvailabilityZones()).names,
    }));
    assert.deepEqual(outputs, {
      account: "123456789012",
      region: "eu-west-1",
      zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
    });
    const unanswerable = /the program asks AWS for aws:ec2\/getAmi:getAmi, which has no offline answer/;
    await assert.rejects(
      record(() => aws.ec2.getAmi({})),
      unanswerable,
    );
    await assert.rejects(
      record(() => void aws.ec2.getAmiOutput({})),
      unanswerable,
    );
  });

  it("hands configuration over, and applies a transformation", async () => {
    const recording = await record(
      () => {
        const config = new pulumi.Config();
        return { size: config.requireNumber("size"), ...versioned() };
      },
      {
        config: { "shop:size": "3" },
        transformation: ({ type, props, opts }) =>
          type === "aws:s3/bucket:Bucket" ? { props: { ...props, bucket: "changed" }, opts } : undefined,
      },
    );
    assert.equal(recording.outputs.size, 3);
    assert.equal(recording.outputs.bucket, "arn:aws:s3:::changed");
  });

  it("evaluates one program after another without a trace of the one before", async () => {
    await record(versioned);
    const { resources } = await record(() => void new aws.s3.Bucket("other"));
    assert.deepEqual(
      resources.map(({ name }) => name),
      ["shop-dev", "other"],
    );
  });
});

describe("a program that fails", () => {
  const mistake = new UserError("the settings are wrong", [{ path: "cidr", problem: "is no range" }]);

  it("fails with its own error, a user's mistake as such", async () => {
    await assert.rejects(
      record(() => {
        throw mistake;
      }),
      (error) => error === mistake,
    );
  });

  it("fails also when it does so in a part that nobody awaits", async () => {
    const late = record(() => {
      versioned();
      pulumi.output(1).apply(() => {
        throw mistake;
      });
    });
    await assert.rejects(late, (error) => error === mistake);
  });

  it("fails when the value of a property cannot be made", async () => {
    const broken = record(
      () => void new aws.s3.Bucket("lake", { bucket: pulumi.output(1).apply(() => assert.fail("no name today")) }),
    );
    await assert.rejects(broken, /no name today/);
  });

  it("fails when two resources have one URN", async () => {
    const twice = record(() => [new aws.s3.Bucket("lake"), new aws.s3.Bucket("lake")]);
    await assert.rejects(twice, /two resources have the URN urn:pulumi:dev::shop::aws:s3\/bucket:Bucket::lake/);
  });

  const never = new Promise<string>(() => {});
  const endless: Readonly<Record<string, () => unknown>> = {
    "a property": () => void new aws.s3.Bucket("lake", { bucket: never }),
    "an output": () => ({ bucket: new aws.s3.Bucket("lake", { bucket: never }).id }),
    "the program itself": () => never,
    "something that repeats": () => {
      const timer = setInterval(() => {}, 10);
      setTimeout(200).then(() => clearInterval(timer));
    },
  };
  for (const [what, program] of Object.entries(endless)) {
    it(`fails when ${what} never comes`, async () => {
      await assert.rejects(record(program, { patience: 100 }), /did not come to rest within 0\.1 s/);
    });
  }

  it("leaves nothing behind: listeners are as before, and the next program is its own", async () => {
    const listener = () => {};
    process.on("unhandledRejection", listener);
    const before = process.listeners("unhandledRejection");
    try {
      await assert.rejects(record(() => Promise.reject(mistake)));
      assert.deepEqual(process.listeners("unhandledRejection"), before);
    } finally {
      process.removeListener("unhandledRejection", listener);
    }
    const { resources } = await record(versioned);
    assert.equal(resources.length, 3);
  });
});
