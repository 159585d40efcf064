import { excerpt } from "../decode/index.ts";
import { RefreshTokens } from "./auth-refresh.ts";
import { type Granted, TokenEndpoint, type TokenEndpointOptions } from "./auth-token-endpoint.ts";
import { NoAnswer, Refused } from "./failure.ts";
import type { SwapStore } from "./shared-budget.ts";

interface AccessToken {
  readonly value: string;
  /** Unix milliseconds at which another one is asked for. */
  readonly until: number;
}

/** Milliseconds before a token's end at which it is no longer used: a request takes time, and clocks differ. */
const MARGIN = 60_000;

export interface TokensOptions extends TokenEndpointOptions {
  /** Where refresh tokens that follow the configured one are kept. @default nowhere: this process alone knows them */
  readonly store?: SwapStore | undefined;
  /** A text without secrets. */
  redact(text: string): string;
}

/** The access token of one source. However many ask at once, one request renews it. */
export class Tokens {
  readonly #options: TokensOptions;
  #token: AccessToken | undefined;
  #renewal: Promise<AccessToken> | undefined;
  readonly #endpoint: TokenEndpoint;
  readonly #refreshTokens: RefreshTokens | undefined;

  constructor(options: TokensOptions) {
    this.#options = options;
    this.#endpoint = new TokenEndpoint(options);
    const { auth, clock, store, secret, learned } = options;
    this.#refreshTokens =
      auth.refreshToken === undefined
        ? undefined
        : new RefreshTokens({
            ...{ name: auth.refreshToken, configured: secret(auth.refreshToken) },
            ...{ audience: [auth.tokenUrl, secret(auth.clientId)], store, clock, learned },
          });
  }

  /** @throws NoAnswer, Refused when the credentials are not accepted */
  async current(signal: AbortSignal): Promise<string> {
    if (this.#token && this.#token.until > this.#options.clock.now()) return this.#token.value;
    return (await this.#renew(signal)).value;
  }

  /** Gets another token, unless that has happened since `refused` was sent. */
  async renew(refused: string | undefined, signal: AbortSignal): Promise<void> {
    if (refused === undefined || refused === this.#token?.value) await this.#renew(signal);
  }

  #renew(signal: AbortSignal): Promise<AccessToken> {
    this.#renewal ??= this.#ask(signal).finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #ask(signal: AbortSignal): Promise<AccessToken> {
    const { asked, status, text, grant } = this.#refreshTokens
      ? await this.#refreshTokens.spend((token) => this.#refresh(token), signal)
      : await this.#endpoint.ask({ grant_type: "client_credentials" }, signal);
    if (!grant) throw this.#failure(status, text);
    const life = (grant.expires_in ?? Number.POSITIVE_INFINITY) * 1_000;
    this.#token = { value: grant.access_token, until: asked + life - Math.min(MARGIN, life / 10) };
    return this.#token;
  }

  #failure(status: number, text: string): NoAnswer | Refused {
    const kept = this.#refreshTokens?.problem;
    const said = `${this.#endpoint.host} gave no access token: it answered ${status}: ${excerpt(this.#options.redact(text))}`;
    const problem = kept === undefined ? said : `${said}; ${kept}`;
    if (status >= 500 || status === 429 || status === 408) return new NoAnswer(problem);
    return new Refused(problem, { all: true, fix: `set ${this.#names().join(", ")} to valid values, then run again` });
  }

  /** It is never given up half-way: the answer may hold the only token that is good from then on. */
  #refresh(token: string): Promise<Granted> {
    return this.#endpoint.ask({ grant_type: "refresh_token", refresh_token: token }, new AbortController().signal);
  }

  #names(): string[] {
    const { clientId, clientSecret, refreshToken } = this.#options.auth;
    return [clientId, clientSecret, ...(refreshToken ? [refreshToken] : [])];
  }
}
