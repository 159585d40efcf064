import { namesSecret } from "../../replay/redact.ts";

/** How the draft says who asks; never with a value. */
export interface ProposedAuth {
  /** TypeScript; undefined without authentication. */
  readonly code: string | undefined;
  /** Words of the vocabulary that it uses. */
  readonly words: readonly string[];
  /** Names of the secrets. */
  readonly secrets: readonly string[];
  /** Headers that are no secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly doubts: readonly string[];
}

const NONE: ProposedAuth = { code: undefined, words: [], secrets: [], headers: {}, doubts: [] };

/** @param name of the dataset, from which the secrets get their names @param headers as the sample was asked with */
export function proposeAuth(
  name: string,
  url: URL | undefined,
  headers: Readonly<Record<string, string>>,
): ProposedAuth {
  const entries = Object.entries(headers);
  const plain = Object.fromEntries(entries.filter(([header]) => !namesSecret(header)));
  const secret = entries.filter(([header]) => namesSecret(header));
  const [first] = secret;
  if (first) return { ...fromHeaders(name, first, secret), headers: plain };
  const parameter = [...(url?.searchParams.keys() ?? [])].find(namesSecret);
  if (parameter === undefined) return { ...NONE, headers: plain };
  const own = secretName(name, "TOKEN");
  return {
    ...proposed(`queryKey({ parameter: ${JSON.stringify(parameter)}, secret: "${own}" })`, "queryKey", [own]),
    headers: plain,
  };
}

type Pair = readonly [header: string, value: string];

function fromHeaders(name: string, [header, value]: Pair, all: readonly Pair[]): ProposedAuth {
  if (all.length > 1) {
    const secrets = all.map(([one]) => secretName(name, one));
    const pairs = all.map(([one], i) => `${JSON.stringify(one)}: "${secrets[i]}"`);
    return proposed(`secretHeaders({ ${pairs.join(", ")} })`, "secretHeaders", secrets);
  }
  const prefix = /^(\S+ )\S/.exec(value)?.[1] ?? "";
  if (/^basic $/i.test(prefix)) {
    const secrets = [secretName(name, "USER"), secretName(name, "PASSWORD")];
    return proposed(`basic({ username: "${secrets[0]}", password: "${secrets[1]}" })`, "basic", secrets);
  }
  const own = secretName(name, "TOKEN");
  const parts = [
    `secret: "${own}"`,
    ...(header.toLowerCase() === "authorization" ? [] : [`header: ${JSON.stringify(header)}`]),
    ...(prefix === "Bearer " ? [] : [`prefix: ${JSON.stringify(prefix)}`]),
  ];
  return proposed(`token({ ${parts.join(", ")} })`, "token", [own]);
}

const proposed = (code: string, word: string, secrets: readonly string[]): ProposedAuth => ({
  code,
  words: [word],
  secrets,
  headers: {},
  doubts: ["one secret for all datasets of a source is enough: give it the same name there"],
});

const secretName = (name: string, part: string): string => `${name}_${part}`.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
