import { z } from "zod";
import type { OAuth2Options } from "../dataset/auth.ts";
import type { Clock } from "../dataset/clock.ts";
import { messageOf } from "../dataset/errors.ts";
import { excerpt, headText } from "../decode/index.ts";
import { NoAnswer, Refused } from "./failure.ts";
import { type HttpAnswer, type HttpRequest, unsigned } from "./request.ts";

/** https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
const grant = z.object({
  access_token: z.string().min(1),
  token_type: z
    .string()
    .regex(/^bearer$/i)
    .optional(),
  expires_in: z.coerce.number().positive().optional(),
  refresh_token: z.string().min(1).optional(),
});

interface AccessToken {
  readonly value: string;
  /** Unix milliseconds at which another one is asked for. */
  readonly until: number;
}

/** Milliseconds before a token's end at which it is no longer used: a request takes time, and clocks differ. */
const MARGIN = 60_000;

export interface TokensOptions {
  readonly auth: OAuth2Options;
  readonly clock: Clock;
  secret(name: string): string;
  /** Sends to the token endpoint and nowhere else. */
  post(request: HttpRequest, signal: AbortSignal): Promise<Pick<HttpAnswer, "status" | "body" | "dispose">>;
  /** Told of every secret that comes to be known. */
  learned(secret: string): void;
  /** A text without secrets. */
  redact(text: string): string;
}

/** The access token of one source. However many ask at once, one request renews it. */
export class Tokens {
  readonly #options: TokensOptions;
  #token: AccessToken | undefined;
  #renewal: Promise<AccessToken> | undefined;
  /** A source may give another refresh token with each access token. */
  #refreshToken: string | undefined;
  #secretIn: "header" | "body" = "header";

  constructor(options: TokensOptions) {
    this.#options = options;
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
    const { auth, clock, learned, redact } = this.#options;
    const asked = clock.now();
    const answer = await this.#grant(signal);
    const host = new URL(auth.tokenUrl).host;
    if (answer.status !== 200) {
      const problem = `${host} gave no access token: it answered ${answer.status}: ${excerpt(redact(answer.text))}`;
      if (answer.status >= 500 || answer.status === 429 || answer.status === 408) throw new NoAnswer(problem);
      throw new Refused(problem, { all: true, fix: `set ${this.#names().join(", ")} to valid values, then run again` });
    }
    const { access_token, expires_in, refresh_token } = read(answer.text, host);
    learned(access_token);
    if (refresh_token) {
      learned(refresh_token);
      this.#refreshToken = refresh_token;
    }
    const life = (expires_in ?? Number.POSITIVE_INFINITY) * 1_000;
    this.#token = { value: access_token, until: asked + life - Math.min(MARGIN, life / 10) };
    return this.#token;
  }

  /**
   * Client credentials go into a header, which every server must understand; one that does not do so gets them in the body.
   * https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
   */
  async #grant(signal: AbortSignal): Promise<{ status: number; text: string }> {
    const answer = await this.#post(signal);
    if (this.#secretIn === "body" || ![400, 401, 403].includes(answer.status)) return answer;
    this.#secretIn = "body";
    const other = await this.#post(signal);
    if (other.status !== 200) this.#secretIn = "header";
    return other.status === 200 ? other : answer;
  }

  async #post(signal: AbortSignal): Promise<{ status: number; text: string }> {
    const { auth, secret, post } = this.#options;
    const [id, password] = [secret(auth.clientId), secret(auth.clientSecret)];
    const refreshToken = this.#refreshToken ?? (auth.refreshToken && secret(auth.refreshToken));
    const form = new URLSearchParams({
      ...(refreshToken
        ? { grant_type: "refresh_token", refresh_token: refreshToken }
        : { grant_type: "client_credentials" }),
      ...(auth.scope ? { scope: auth.scope } : {}),
      ...(this.#secretIn === "body" ? { client_id: id, client_secret: password } : {}),
    });
    const answer = await post(
      unsigned({
        method: "POST",
        url: auth.tokenUrl,
        headers: {
          accept: "application/json",
          "content-type": "application/x-www-form-urlencoded",
          ...(this.#secretIn === "header" ? { authorization: `Basic ${basic(id, password)}` } : {}),
        },
        body: form.toString(),
        cost: 0,
      }),
      signal,
    );
    try {
      return { status: answer.status, text: await headText(answer.body) };
    } finally {
      await answer.dispose();
    }
  }

  #names(): string[] {
    const { clientId, clientSecret, refreshToken } = this.#options.auth;
    return [clientId, clientSecret, ...(refreshToken ? [refreshToken] : [])];
  }
}

function read(text: string, host: string): z.infer<typeof grant> {
  try {
    return grant.parse(JSON.parse(text));
  } catch (error) {
    const faults = error instanceof z.ZodError ? error.issues.map(({ path }) => path.join(".")).join(", ") : "";
    // The text may hold a token, so it is not shown.
    throw new NoAnswer(`${host} gave no access token: ${faults ? `wrong in its answer: ${faults}` : messageOf(error)}`);
  }
}

/** Both are encoded first: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
const basic = (id: string, password: string): string =>
  Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(password)}`).toString("base64");
