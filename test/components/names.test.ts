import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type AccountNameKind,
  accountName,
  longestName,
  NAME_KINDS,
  type NameKind,
  type NameParts,
  namePrefix,
  worldName,
} from "../../components/names.ts";

const ACCOUNT = "123456789012";
const nameOf = (kind: NameKind, parts: NameParts): string =>
  kind === "bucket" ? worldName(kind, parts, ACCOUNT) : accountName(kind, parts);

// What Pulumi allows as names of projects and stacks, https://www.pulumi.com/docs/iac/concepts/stacks/
const pulumiName = fc.stringMatching(/^[A-Za-z0-9._-]{1,60}$/);
const parts = fc.record({
  project: pulumiName,
  stack: pulumiName,
  component: fc.stringMatching(/^[A-Za-z0-9_-]{1,80}$/),
});
const kind = fc.constantFrom(...NAME_KINDS);

// The patterns of the services' API references, written down independently of the rule table.
const LEGAL: Record<NameKind, RegExp> = {
  bucket: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
  keyAlias: /^alias\/[a-zA-Z0-9/_-]{1,250}$/,
  role: /^[\w+=,.@-]{1,64}$/,
  group: /^[\w+=,.@-]{1,128}$/,
  user: /^[\w+=,.@-]{1,64}$/,
  securityGroup: /^[a-zA-Z0-9 ._:/()#,@[\]+=&;{}!$*-]{1,255}$/,
  cluster: /^[a-zA-Z0-9_-]{1,255}$/,
  taskFamily: /^[a-zA-Z0-9_-]{1,255}$/,
  logGroup: /^[.\-_/#A-Za-z0-9]{1,512}$/,
  secret: /^[A-Za-z0-9/_+=.@-]{1,512}$/,
  scheduleGroup: /^[0-9a-zA-Z-_.]{1,64}$/,
  schedule: /^[0-9a-zA-Z-_.]{1,64}$/,
  stateMachine: /^[a-zA-Z0-9_-]{1,80}$/,
  rule: /^[.\-_A-Za-z0-9]{1,64}$/,
  launchTemplate: /^[a-zA-Z0-9()./_-]{3,128}$/,
  instanceProfile: /^[\w+=,.@-]{1,128}$/,
  instanceGroup: /^[^:]{1,255}$/,
  capacityProvider: /^(?!aws|ecs|fargate)[a-zA-Z0-9_-]{1,255}$/i,
  repository: /^(?=.{2,256}$)[a-z0-9]+([._-][a-z0-9]+)*$/,
  queue: /^[A-Za-z0-9_-]{1,80}$/,
  table: /^[a-zA-Z0-9_.-]{3,255}$/,
  topic: /^[A-Za-z0-9_-]{1,256}$/,
  alarm: /^[^:]{1,255}$/,
  warehouse: /^(?!.*--)[a-z0-9-]{2,62}[a-z0-9]$/,
  database: /^(?!.*--)[a-z0-9-]{1,62}[a-z0-9]$/,
  databaseUser: /^[a-z0-9_]{1,63}$/,
  parameterGroup: /^(?!.*--)[a-z0-9-]{1,254}[a-z0-9]$/,
  subnetGroup: /^(?!.*--)[a-z0-9-]{1,254}[a-z0-9]$/,
  dashboard: /^[0-9A-Za-z_-]{1,255}$/,
  budget: /^[^:\\]{1,100}$/,
  metricNamespace: /^[.\-_/#A-Za-z0-9]{1,255}$/,
};

describe("physical names", () => {
  const lake = { project: "tidegate", stack: "dev", component: "lake" };

  it("are project, stack and component where nothing stands against it", () => {
    assert.equal(accountName("role", lake), "tidegate-dev-lake");
    assert.equal(accountName("keyAlias", lake), "alias/tidegate-dev-lake");
    assert.equal(accountName("logGroup", { ...lake, component: "tasks" }), "/tidegate/dev/tasks");
    assert.equal(accountName("secret", { ...lake, component: "TIINGO_TOKEN" }), "tidegate/dev/TIINGO_TOKEN");
    assert.equal(worldName("bucket", lake, ACCOUNT), "tidegate-dev-lake-123456789012");
  });

  it("never change for the same parts: a change would replace every resource of a stack", () => {
    assert.equal(accountName("role", { ...lake, project: "market-data" }), "market-data-dev-lake-73429694");
    assert.equal(worldName("bucket", { ...lake, stack: "Dev" }, ACCOUNT), "tidegate-dev-lake-167f022a-123456789012");
  });

  it("are legal for any project, stack and component", () => {
    fc.assert(
      fc.property(kind, parts, (kind, parts) => {
        const name = nameOf(kind, parts);
        // A bucket or repository that would begin with a dash cannot be: projects begin with a letter or digit.
        fc.pre((kind !== "bucket" && kind !== "repository") || /^[A-Za-z0-9]/.test(parts.project));
        assert.match(name, LEGAL[kind]);
        assert(name.length <= longestName(kind));
      }),
    );
  });

  it("differ when anything differs", () => {
    fc.assert(
      fc.property(kind, parts, parts, (kind, one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        assert.notEqual(nameOf(kind, one), nameOf(kind, other));
      }),
    );
  });

  it("differ although the joined parts are equal", () => {
    const one = accountName("role", { project: "a", stack: "b-c", component: "d" });
    const other = accountName("role", { project: "a-b", stack: "c", component: "d" });
    assert.notEqual(one, other);
    assert.notEqual(accountName("role", { project: "a", stack: "b", component: "c-d" }), one);
  });

  it("differ although they are cut at the same place", () => {
    const component = "x".repeat(70);
    const [one, other] = ["1", "2"].map((end) => accountName("role", { ...lake, component: component + end }));
    assert.equal(one?.length, 64);
    assert.notEqual(one, other);
  });

  it("of buckets end with the account, and so differ between accounts", () => {
    fc.assert(fc.property(parts, (parts) => worldName("bucket", parts, ACCOUNT).endsWith(`-${ACCOUNT}`)));
  });

  it("begin with the stack's prefix, which policies rely on", () => {
    const accountKinds = NAME_KINDS.filter((kind): kind is AccountNameKind => kind !== "bucket");
    const short = fc.record({
      project: fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/),
      stack: fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/),
      component: fc.stringMatching(/^[A-Za-z0-9_-]{1,80}$/),
    });
    fc.assert(
      fc.property(fc.constantFrom(...accountKinds), short, (kind, parts) => {
        assert(accountName(kind, parts).startsWith(namePrefix(kind, parts)));
      }),
    );
  });
});
