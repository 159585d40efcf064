import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readStackConfig, STAND_IN_SECRET } from "../../offline/stack-config.ts";
import { UserError } from "../../runtime/dataset/errors.ts";

const PROJECT = `
name: shop
config:
  size: { type: integer, default: 3 }
  owner: { type: string, description: who answers }
  token: { type: string, secret: true, default: none }
  aws:region: us-east-1
`;

describe("readStackConfig", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "stack-config-"));
  });

  afterEach(() => rm(folder, { recursive: true }));

  const read = async (files: Readonly<Record<string, string>>, stack = "dev") => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return readStackConfig(folder, stack);
  };

  it("lays a stack's values over the declared defaults, under full names, as text", async () => {
    const stack = "config: { size: 4, owner: me, shop:list: [1, {a: true}], aws:region: eu-west-1, on: false }";
    assert.deepEqual(await read({ "Pulumi.yaml": PROJECT, "Pulumi.dev.yaml": stack }), {
      project: "shop",
      main: "index.ts",
      config: {
        "shop:size": "4",
        "shop:owner": "me",
        "shop:token": "none",
        "aws:region": "eu-west-1",
        "shop:list": '[1,{"a":true}]',
        "shop:on": "false",
      },
      secretKeys: ["shop:token"],
    });
  });

  it("stands in for what is encrypted, and remembers that it is secret", async () => {
    const stack = "config: { owner: me, token: { secure: v1:abc }, shop:nested: { a: { secure: v1:abc }, b: 1 } }";
    const { config, secretKeys } = await read({ "Pulumi.yaml": PROJECT, "Pulumi.dev.yaml": stack });
    assert.equal(config["shop:token"], STAND_IN_SECRET);
    assert.deepEqual(JSON.parse(config["shop:nested"] ?? ""), { a: STAND_IN_SECRET, b: 1 });
    assert.deepEqual(secretKeys, ["shop:token", "shop:nested"]);
  });

  it("takes an empty stack file, and a main file", async () => {
    const { main, config } = await read({ "Pulumi.yaml": "name: shop\nmain: infra/index.ts\n", "Pulumi.dev.yaml": "" });
    assert.deepEqual({ main, config }, { main: "infra/index.ts", config: {} });
  });

  it("names every declared value that is missing", async () => {
    const required = "name: shop\nconfig: { a: { type: string }, b: { type: string } }\n";
    await assert.rejects(read({ "Pulumi.yaml": required, "Pulumi.dev.yaml": "" }), (error) => {
      assert(error instanceof UserError);
      assert.deepEqual(
        error.faults.map(({ path }) => path),
        ["shop:a", "shop:b"],
      );
      assert.match(error.message, /pulumi config set shop:a <value> --stack dev/);
      return true;
    });
  });

  it("says which stacks there are when there is no such stack", async () => {
    const files = { "Pulumi.yaml": PROJECT, "Pulumi.dev.yaml": "", "Pulumi.prod.yaml": "" };
    await assert.rejects(read(files, "prd"), /there is no stack prd\n.*allowed: dev, prod; did you mean "prod"\?/);
  });

  it("refuses what is no YAML, and what is no Pulumi file", async () => {
    await assert.rejects(read({ "Pulumi.yaml": "name: [" }), /Pulumi\.yaml is not valid YAML/);
    await assert.rejects(read({ "Pulumi.yaml": "runtime: nodejs" }), /Pulumi\.yaml is not a Pulumi file\n {2}- name: /);
    await assert.rejects(readStackConfig(join(folder, "nowhere"), "dev"), /cannot read .*nowhere/);
  });
});
