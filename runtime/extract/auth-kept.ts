import { z } from "zod";
import { jsonBytes } from "../store/documents.ts";
import { Seal } from "../store/seal.ts";
import { ConditionFailed, type Store } from "../store/store.ts";

/** As it lies in the store. */
const document = z.object({
  version: z.literal(1),
  /** When the token was given, ISO 8601. */
  at: z.iso.datetime(),
  /** How often the source has given another one since the configured one. */
  rotations: z.int().positive(),
  sealed: z.string(),
  /** Who is asking with it. */
  turn: z.object({ holder: z.string(), until: z.iso.datetime() }).optional(),
});

export type KeptToken = z.infer<typeof document>;

export interface KeptPage {
  /** Undefined when there is none, or none that can be read. */
  readonly kept: KeptToken | undefined;
  /** Undefined when nothing is kept. */
  readonly token: string | undefined;
  readonly rotations: number;
  /** Undefined when there is no object. */
  readonly etag: string | undefined;
}

const NOTHING: KeptPage = { kept: undefined, token: undefined, rotations: 0, etag: undefined };

/** The refresh token that follows a configured one, in a store where others read. */
export class TokenKeeper {
  readonly key: string;
  readonly #store: Pick<Store, "get" | "put"> | undefined;
  readonly #seal: Seal;

  /**
   * @param configured the seal's secret @param audience whom it is for
   * @param keyOf where it lies, for a digest that another configured token does not have
   */
  constructor(
    store: Pick<Store, "get" | "put"> | undefined,
    { configured, audience, keyOf }: { configured: string; audience: readonly string[]; keyOf(digest: string): string },
  ) {
    this.#store = store;
    this.#seal = new Seal(configured, ["tidegate refresh token", ...audience].join("\n"));
    this.key = keyOf(this.#seal.name);
  }

  async read(): Promise<KeptPage> {
    const found = await this.#store?.get(this.key);
    if (!found) return NOTHING;
    const kept = parsed(found.body);
    const token = kept && this.#seal.open(kept.sealed);
    return kept && token !== undefined
      ? { kept, token, rotations: kept.rotations, etag: found.etag }
      : { ...NOTHING, etag: found.etag };
  }

  /** @param at Unix milliseconds */
  follower(token: string, rotations: number, at: number): KeptToken {
    return { version: 1, at: new Date(at).toISOString(), rotations: rotations + 1, sealed: this.#seal.close(token) };
  }

  /** @returns false when somebody else was first */
  async write({ etag }: KeptPage, kept: KeptToken): Promise<boolean> {
    try {
      const condition = etag === undefined ? ({ absent: true } as const) : { etag };
      await this.#store?.put(this.key, jsonBytes(kept), { condition, contentType: "application/json" });
      return true;
    } catch (error) {
      if (error instanceof ConditionFailed) return false;
      throw error;
    }
  }
}

function parsed(body: Uint8Array): KeptToken | undefined {
  try {
    return document.parse(JSON.parse(new TextDecoder().decode(body)));
  } catch {
    return undefined;
  }
}
