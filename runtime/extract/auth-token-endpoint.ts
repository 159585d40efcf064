import { z } from "zod";
import type { OAuth2Options } from "../dataset/auth.ts";
import type { Clock } from "../dataset/clock.ts";
import { messageOf } from "../dataset/errors.ts";
import { headText } from "../decode/index.ts";
import type { Spent } from "./auth-refresh.ts";
import { NoAnswer } from "./failure.ts";
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

type Grant = z.infer<typeof grant>;

/** https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
const refusal = z.object({ error: z.string() });

/** The grant itself, not the client, is refused: expired, revoked, or used before. */
const INVALID_GRANT = "invalid_grant";

interface Said {
  readonly status: number;
  readonly text: string;
}

/** What the token endpoint said. */
export interface Granted extends Said, Spent {
  /** When the request was sent, Unix milliseconds. */
  readonly asked: number;
  /** Undefined when there is none. */
  readonly grant: Grant | undefined;
}

export interface TokenEndpointOptions {
  readonly auth: OAuth2Options;
  readonly clock: Clock;
  secret(name: string): string;
  /** Sends to the token endpoint and nowhere else. */
  post(request: HttpRequest, signal: AbortSignal): Promise<Pick<HttpAnswer, "status" | "body" | "dispose">>;
  /** Told of every secret that comes to be known. */
  learned(secret: string): void;
}

/** Asks for tokens, in the way in which the server takes the client's credentials. */
export class TokenEndpoint {
  readonly #options: TokenEndpointOptions;
  #secretIn: "header" | "body" = "header";

  constructor(options: TokenEndpointOptions) {
    this.#options = options;
  }

  get host(): string {
    return new URL(this.#options.auth.tokenUrl).host;
  }

  /** @throws NoAnswer also when it says yes and gives none */
  async ask(parameters: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Granted> {
    const { clock, learned } = this.#options;
    const asked = clock.now();
    const said = await this.#answer(parameters, signal);
    if (said.status !== 200)
      return { ...said, asked, grant: undefined, renewed: undefined, refused: isInvalidGrant(said) };
    const grant = read(said.text, this.host);
    learned(grant.access_token);
    if (grant.refresh_token) learned(grant.refresh_token);
    return { ...said, asked, grant, renewed: grant.refresh_token, refused: false };
  }

  /**
   * Client credentials go into a header, which every server must understand; one that does not do so gets them in the body.
   * https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
   */
  async #answer(parameters: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Said> {
    const answer = await this.#post(parameters, signal);
    if (this.#secretIn === "body" || ![400, 401, 403].includes(answer.status) || isInvalidGrant(answer)) return answer;
    this.#secretIn = "body";
    const other = await this.#post(parameters, signal);
    if (other.status !== 200) this.#secretIn = "header";
    return other.status === 200 ? other : answer;
  }

  async #post(parameters: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Said> {
    const { auth, secret, post } = this.#options;
    const [id, password] = [secret(auth.clientId), secret(auth.clientSecret)];
    const form = new URLSearchParams({
      ...parameters,
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
}

function isInvalidGrant({ text }: Said): boolean {
  try {
    return refusal.parse(JSON.parse(text)).error === INVALID_GRANT;
  } catch {
    return false;
  }
}

function read(text: string, host: string): Grant {
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
