import { randomUUID } from "node:crypto";
import type { Clock } from "../dataset/clock.ts";
import { tokenKey } from "../store/layout.ts";
import { type KeptPage, TokenKeeper } from "./auth-kept.ts";
import type { SwapStore } from "./shared-budget.ts";

/** What asking with a refresh token has brought. */
export interface Spent {
  /** The one to ask with from now on, when the answer names one. */
  readonly renewed: string | undefined;
  /** Whether the source says that the token is not, or no longer, good. */
  readonly refused: boolean;
}

export interface RefreshTokensOptions {
  /** Name of the secret. */
  readonly name: string;
  /** Its value, as a person has set it. */
  readonly configured: string;
  /** Whom it is for: the token endpoint and the client. */
  readonly audience: readonly string[];
  /** Shared by all who ask with the same token; without one a newer token is known to this process alone. */
  readonly store: SwapStore | undefined;
  readonly clock: Clock;
  /** Told of every token that comes to be known. */
  learned(secret: string): void;
}

/** The longest that one asker keeps the others waiting, in milliseconds: one that was killed does not say so. */
const TURN = 2 * 60_000;

/** How often it is looked whether somebody else is done, in milliseconds. */
const PAUSE = 250;

/** How long somebody else may need to store what the source gave, in milliseconds. */
const STORING = 5_000;

/**
 * The refresh tokens that follow a configured one. A source may give another one with each answer and take each only once:
 * https://www.rfc-editor.org/rfc/rfc6749#section-6, https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2. The newest is kept
 * in the store, sealed with the configured one: who sets another one begins anew, and a new client secret changes nothing.
 * Once one is kept, only one asks at a time, for a source may take the second for a thief and end them all.
 */
export class RefreshTokens {
  readonly #options: RefreshTokensOptions;
  readonly #keeper: TokenKeeper;
  readonly #holder = randomUUID();
  /** Given, and not stored. It follows the one that was there after so many rotations. */
  #unkept: { readonly token: string; readonly rotations: number } | undefined;
  #damaged = false;

  constructor(options: RefreshTokensOptions) {
    const { name, configured, audience, store } = options;
    this.#options = options;
    this.#keeper = new TokenKeeper(store, { configured, audience, keyOf: (digest) => tokenKey(name, digest) });
  }

  /** What is wrong with what is kept, for a message. */
  get problem(): string | undefined {
    return this.#damaged ? `${this.#keeper.key} is damaged, so ${this.#options.name} was used as it is set` : undefined;
  }

  /**
   * Asks with the newest token. The one that the answer gives is stored when this returns.
   * @param ask is called a second time when the token was refused and somebody else has stored a newer one
   */
  async spend<T extends Spent>(ask: (token: string) => Promise<T>, signal: AbortSignal): Promise<T> {
    let page = await this.#turn(signal);
    let token = this.#newest(page);
    let answer: T;
    try {
      answer = await ask(token);
      if (answer.refused && (await this.#isOvertaken(token, signal))) {
        page = await this.#turn(signal);
        token = this.#newest(page);
        answer = await ask(token);
      }
    } catch (error) {
      // What went wrong first is what is told.
      await this.#endTurn().catch(() => undefined);
      throw error;
    }
    if (answer.renewed === undefined || answer.renewed === token) await this.#endTurn();
    else await this.#keep(answer.renewed, page);
    return answer;
  }

  #newest({ rotations, token }: KeptPage): string {
    if (this.#unkept?.rotations === rotations) return this.#unkept.token;
    return token ?? this.#options.configured;
  }

  /** Waits until nobody else asks. */
  async #turn(signal: AbortSignal): Promise<KeptPage> {
    const { clock } = this.#options;
    for (;;) {
      const page = await this.#read();
      if (!page.kept) return page;
      const { turn } = page.kept;
      const wait = turn && turn.holder !== this.#holder ? Date.parse(turn.until) - clock.now() : 0;
      const until = new Date(clock.now() + TURN).toISOString();
      if (wait <= 0 && (await this.#keeper.write(page, { ...page.kept, turn: { holder: this.#holder, until } })))
        return page;
      await clock.sleep(PAUSE, signal);
    }
  }

  /** Whether somebody else has stored another one, or does so soon. */
  async #isOvertaken(token: string, signal: AbortSignal): Promise<boolean> {
    const { store, clock } = this.#options;
    if (!store) return false;
    for (const latest = clock.now() + STORING; ; await clock.sleep(PAUSE, signal)) {
      if (this.#newest(await this.#read()) !== token) return true;
      if (clock.now() >= latest) return false;
    }
  }

  async #endTurn(): Promise<void> {
    const page = await this.#read();
    if (page.kept?.turn?.holder !== this.#holder) return;
    const { turn: _, ...kept } = page.kept;
    // Whoever was first has taken the turn over.
    await this.#keeper.write(page, kept);
  }

  /** Ends the turn with the token that was given in it. One that somebody else has stored meanwhile stays. */
  async #keep(token: string, { rotations }: KeptPage): Promise<void> {
    const { store, clock } = this.#options;
    this.#unkept = { token, rotations };
    while (store) {
      const page = await this.#read();
      if (page.rotations !== rotations) return;
      if (!(await this.#keeper.write(page, this.#keeper.follower(token, rotations, clock.now())))) continue;
      this.#unkept = undefined;
      return;
    }
  }

  async #read(): Promise<KeptPage> {
    const page = await this.#keeper.read();
    this.#damaged = page.etag !== undefined && !page.kept;
    if (page.token !== undefined) this.#options.learned(page.token);
    return page;
  }
}
