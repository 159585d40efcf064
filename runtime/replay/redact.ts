/** What stands in the place of a secret wherever a request is kept or shown. */
export const REDACTED = "[redacted]";

export interface Redaction {
  /** Names of headers and query parameters that carry secrets, beside those that look like it. @default none */
  readonly names?: readonly string[];
  /** Values that must appear nowhere, whatever carries them. @default none */
  readonly secrets?: readonly string[];
}

/** Words of a name, which are set apart by `-`, `_` or a capital letter. */
const WORDS =
  /(^|[-_])(apikey|auth|authorization|cookie|key|passphrase|password|secret|sign|signature|session|token)($|[-_])/i;

/** A page token is what tells one page from the next, and no secret. */
const PAGE = /page|next|cursor/i;

/** Whether the name of a header or parameter looks like that of a secret. */
export const namesSecret = (name: string): boolean =>
  WORDS.test(name.replace(/([a-z])([A-Z])/g, "$1-$2")) && !PAGE.test(name);

const isSecret = (name: string, { names = [] }: Redaction): boolean =>
  namesSecret(name) || names.some((one) => one.toLowerCase() === name.toLowerCase());

/** The text without the secret values, as they are and as a URL spells them. */
export const redactText = (text: string, { secrets = [] }: Redaction): string =>
  secrets
    .filter((secret) => secret.length > 0)
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .reduce((left, secret) => left.replaceAll(secret, REDACTED), text);

export const redactHeaders = (
  headers: Readonly<Record<string, string>>,
  redaction: Redaction,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      isSecret(name, redaction) ? REDACTED : redactText(value, redaction),
    ]),
  );

export const redactQuery = (query: URLSearchParams, redaction: Redaction): [name: string, value: string][] =>
  [...query].map(([name, value]) => [name, isSecret(name, redaction) ? REDACTED : redactText(value, redaction)]);
