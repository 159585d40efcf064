/** The account and region that an offline evaluation pretends to deploy to. */
export interface Cloud {
  /** Twelve digits; AWS documents this one as an example, so it is never a real account's. */
  readonly account: string;
  readonly region: string;
}

/** The account number that AWS uses in its own examples. */
export const EXAMPLE_ACCOUNT = "123456789012";

type Lookup = (inputs: Readonly<Record<string, unknown>>, cloud: Cloud) => Record<string, unknown>;

const LOOKUPS: Readonly<Record<string, Lookup>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": (_inputs, { account }) => ({
    id: account,
    accountId: account,
    arn: `arn:aws:iam::${account}:role/deployer`,
    userId: "AROAEXAMPLE:deployer",
  }),
  "aws:index/getRegion:getRegion": (_inputs, { region }) => ({
    id: region,
    name: region,
    region,
    description: region,
    endpoint: `ec2.${region}.amazonaws.com`,
  }),
  "aws:index/getPartition:getPartition": () => ({
    id: "aws",
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": (_inputs, { region }) => {
    const zones = ["a", "b", "c"];
    return {
      id: region,
      names: zones.map((zone) => `${region}${zone}`),
      zoneIds: zones.map((_zone, index) => `use1-az${index + 1}`),
      groupNames: [region],
    };
  },
};

/**
 * Answers a program's question to AWS (an "invoke") without asking AWS.
 * @throws when the question is one that nobody has written an answer for: an invented answer would make the evaluation worthless.
 */
export function lookUp(
  token: string,
  inputs: Readonly<Record<string, unknown>>,
  cloud: Cloud,
): Record<string, unknown> {
  const answer = LOOKUPS[token];
  if (!answer) {
    throw new Error(
      `the program asks AWS for ${token}, which has no offline answer; allowed: ${Object.keys(LOOKUPS).join(", ")}; add one to offline/cloud.ts`,
    );
  }
  return answer(inputs, cloud);
}
