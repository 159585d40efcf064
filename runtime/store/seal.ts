import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Bytes. https://nvlpubs.nist.gov/nistpubs/Legacy/SP/nistspecialpublication800-38d.pdf, section 5.2.1 */
const [KEY, NONCE, TAG, NAME] = [32, 12, 16, 16];

const CIPHER = "aes-256-gcm";

/** Keeps a text where others may read: only who knows the secret can open it, and sees when it was changed. */
export class Seal {
  /** What the object may be called that holds the text: hexadecimal, and it tells nothing of the secret. */
  readonly name: string;
  readonly #key: Buffer;

  /**
   * @param secret long and random, as tokens are: it is not stretched
   * @param purpose another one gives another name and another key. https://www.rfc-editor.org/rfc/rfc5869
   */
  constructor(secret: string, purpose: string) {
    const derived = (what: string, length: number): Buffer =>
      Buffer.from(hkdfSync("sha256", secret, purpose, what, length));
    this.name = derived("name", NAME).toString("hex");
    this.#key = derived("key", KEY);
  }

  /** @returns base64 of nonce, tag and cipher text */
  close(text: string): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG });
    const closed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), closed]).toString("base64");
  }

  /** @returns undefined when it was closed with another secret, or changed since */
  open(sealed: string): string | undefined {
    const bytes = Buffer.from(sealed, "base64");
    const [nonce, tag] = [bytes.subarray(0, NONCE), bytes.subarray(NONCE, NONCE + TAG)];
    if (tag.length < TAG) return undefined;
    const decipher = createDecipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG }).setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString("utf8");
    } catch {
      return undefined;
    }
  }
}
