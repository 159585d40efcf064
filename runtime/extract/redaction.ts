/** What stands for a secret. */
export const REDACTED = "[redacted]";

/** A shorter text would be found in words that are no secret. */
const SHORTEST = 4;

/** Takes secrets out of texts, in the spellings that a URL, a form and HTTP Basic give them. */
export class Redaction {
  readonly #spellings = new Set<string>();

  add(secret: string): void {
    if (secret.length < SHORTEST) return;
    this.#spellings.add(secret);
    this.#spellings.add(encodeURIComponent(secret));
    this.#spellings.add(new URLSearchParams({ "": secret }).toString().slice(1));
    this.#spellings.add(JSON.stringify(secret).slice(1, -1));
    this.#spellings.add(Buffer.from(secret).toString("base64"));
  }

  readonly text = (text: string): string => {
    let redacted = text;
    for (const spelling of this.#spellings) redacted = redacted.replaceAll(spelling, REDACTED);
    return redacted;
  };
}
