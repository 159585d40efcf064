import assert from "node:assert/strict";
import { hasInterfaceEndpoints, type NetworkChoice, networkFaults, taskKind } from "../../components/network-plan.ts";

const existing = (subnetIds: Record<string, string[]>, cidr = "10.0.0.0/16"): NetworkChoice => ({
  vpc: { kind: "existing", vpcId: "vpc-1", cidr, subnetIds },
});
const isolated: NetworkChoice = { tasksIn: "isolated", image: "account", uses: ["logs", "ecr"] };

describe("where tasks run", () => {
  const cases: [string, NetworkChoice, string, boolean][] = [
    ["private subnets behind NAT", {}, "private", false],
    ["public subnets without NAT", { vpc: { kind: "new", nat: "none" } }, "public", false],
    ["the subnets that were asked for", isolated, "isolated", true],
    ["private subnets of an existing VPC", existing({ public: ["a"], private: ["b"] }), "private", false],
    [
      "public subnets of an existing VPC without private ones",
      existing({ public: ["a"], isolated: ["c"] }),
      "public",
      false,
    ],
    ["isolated subnets of an existing VPC without others", existing({ isolated: ["c"] }), "isolated", true],
  ];
  for (const [what, choice, kind, endpoints] of cases)
    it(`is in ${what}`, () => {
      assert.deepEqual([taskKind(choice), hasInterfaceEndpoints(choice)], [kind, endpoints]);
    });

  it("has interface endpoints when they are asked for", () => {
    assert.equal(hasInterfaceEndpoints({ interfaceEndpoints: true }), true);
  });
});

describe("networks that cannot work", () => {
  it("are not these", () => {
    const fine: NetworkChoice[] = [
      {},
      { vpc: { kind: "new", nat: "none", zones: 4, cidr: "172.16.0.0/24" } },
      { vpc: { kind: "new", nat: "perZone" }, interfaceEndpoints: true, image: "account" },
      isolated,
      existing({ private: ["a"] }, "100.64.0.0/20"),
      { ...existing({ isolated: ["a"] }), image: "account", interfaceEndpoints: false },
    ];
    for (const choice of fine) assert.deepEqual(networkFaults(choice), []);
  });

  it("have a range or a number of zones that there is no plan for, and all faults are said at once", () => {
    assert.deepEqual(networkFaults({ vpc: { kind: "new", cidr: "8.8.0.0/16", zones: 5 } }), [
      {
        path: "vpc.cidr",
        problem: "is no range for a network",
        value: "8.8.0.0/16",
        allowed: "a private range of /16 to /24, such as 10.40.0.0/16",
      },
      { path: "vpc.zones", problem: "is no number of zones", value: 5, allowed: "1 to 4" },
    ]);
  });

  it("have tasks in private subnets without NAT", () => {
    assert.deepEqual(networkFaults({ vpc: { kind: "new", nat: "none" }, tasksIn: "private" }), [
      {
        path: "tasksIn",
        problem: "there are no private subnets without NAT",
        value: "private",
        allowed: "public, isolated",
        fix: 'set nat to "single"',
      },
    ]);
  });

  it("have tasks in subnets that an existing VPC lacks, or no subnets, or no range", () => {
    assert.deepEqual(networkFaults({ ...existing({ public: ["a"] }), tasksIn: "private" }), [
      {
        path: "tasksIn",
        problem: "the VPC has no such subnets",
        value: "private",
        allowed: "public",
        fix: "give vpc.subnetIds.private",
      },
    ]);
    assert.deepEqual(networkFaults(existing({ private: [] }, "10.0.0.0")), [
      { path: "vpc.cidr", problem: "is no range", value: "10.0.0.0", allowed: "CIDR notation, such as 10.0.0.0/16" },
      { path: "vpc.subnetIds", problem: "names no subnet", fix: "give at least one for tasks" },
    ]);
  });

  it("have tasks without a way to the internet that need one", () => {
    assert.deepEqual(networkFaults({ tasksIn: "isolated", interfaceEndpoints: false }), [
      {
        path: "image",
        problem: "tasks in isolated subnets cannot pull an image from a public registry",
        value: "internet",
        allowed: "account",
        fix: 'use an own image in this account\'s registry, or set tasksIn to "private" with NAT or to "public"',
      },
      {
        path: "interfaceEndpoints",
        problem: "tasks in isolated subnets reach no service of AWS without endpoints",
        value: false,
        allowed: "true",
      },
    ]);
    assert.deepEqual(networkFaults({ tasksIn: "isolated", image: "account" }), [
      {
        path: "uses",
        problem: "tasks in isolated subnets do not start without ecr",
        value: ["logs"],
        fix: "add ecr",
      },
    ]);
  });
});
