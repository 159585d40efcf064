import assert from "node:assert/strict";
import { CiRole, type CiRoleArgs, githubProvider } from "../../components/ci-role.ts";
import { deploymentContext } from "../../components/context.ts";
import { inputs, joined, json, made, recorded, resource, statements } from "../support/pulumi.ts";

const VIEW = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess";

const role = (args: Partial<CiRoleArgs> = {}, make?: (role: CiRole) => void) =>
  recorded(() => {
    const made = new CiRole("ci", {
      context: deploymentContext(),
      repository: "acme/market-data",
      subjects: [{ environment: "production" }, { branch: "release/1" }, { pullRequests: true }],
      policies: [VIEW],
      ...args,
    });
    make?.(made);
  });

describe("CiRole", () => {
  it("is a role with the given policies, and no key", async () => {
    const recording = await role({ permissionsBoundary: "arn:aws:iam::123456789012:policy/limit" });
    assert.deepEqual(made(recording), [
      "aws:iam/role:Role ci-role",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment ci-policy-1",
      "tidegate:access:CiRole ci",
    ]);
    const { assumeRolePolicy: _, ...rest } = inputs(recording, "ci-role");
    assert.deepEqual(rest, {
      name: "tidegate-test-ci",
      description: "Workflows of acme/market-data for stack test",
      maxSessionDuration: 3600,
      forceDetachPolicies: true,
      permissionsBoundary: "arn:aws:iam::123456789012:policy/limit",
    });
    assert.equal(inputs(recording, "ci-policy-1").policyArn, VIEW);
    assert.deepEqual(joined(recording, "ci-policy-1", "role"), ["ci-role"]);
  });

  it("can be taken by the given runs of one repository, and by no pattern of them", async () => {
    const { Statement } = json(await role(), "ci-role", "assumeRolePolicy") as { Statement: unknown };
    assert.deepEqual(Statement, [
      {
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": [
              "repo:acme/market-data:environment:production",
              "repo:acme/market-data:ref:refs/heads/release/1",
              "repo:acme/market-data:pull_request",
            ],
          },
        },
      },
    ]);
  });

  it("waits for the provider that its stack makes", async () => {
    const recording = await recorded(() => {
      const provider = githubProvider("github", {});
      new CiRole("ci", {
        context: deploymentContext(),
        repository: "acme/market-data",
        subjects: [{ branch: "main" }],
        policies: [VIEW],
        provider,
      });
    });
    assert.deepEqual(inputs(recording, "github"), {
      url: "https://token.actions.githubusercontent.com",
      clientIdLists: ["sts.amazonaws.com"],
    });
    assert(resource(recording, "ci-role").dependencies.includes(resource(recording, "github").urn));
  });

  it("can be granted more, and its children changed", async () => {
    const recording = await role({ transform: { role: { path: "/ci/" } } }, (made) =>
      made.allow("start", [{ sid: "Start", actions: ["states:StartExecution"], resources: "arn:aws:states:::it" }]),
    );
    assert.equal(inputs(recording, "ci-role").path, "/ci/");
    assert.deepEqual(statements(recording, "ci-start"), [
      { Sid: "Start", Effect: "Allow", Action: ["states:StartExecution"], Resource: "arn:aws:states:::it" },
    ]);
  });
});
