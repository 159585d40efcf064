import type { Auth } from "../dataset/auth.ts";
import type { Clock } from "../dataset/clock.ts";
import { signatureHeaders } from "./auth-hmac.ts";
import { Tokens, type TokensOptions } from "./auth-oauth2.ts";
import { REDACTED } from "./redaction.ts";
import { type HttpRequest, lowerCased } from "./request.ts";

export interface Credentials {
  /** The request with what says who asks. @throws NoAnswer, Refused when a token is needed and cannot be had */
  sign(request: HttpRequest, signal: AbortSignal): Promise<HttpRequest>;
  /** @param refused as it was sent @returns false when there is nothing that could be renewed */
  renew(refused: HttpRequest | undefined, signal: AbortSignal): Promise<boolean>;
}

export interface CredentialsOptions extends Omit<TokensOptions, "auth"> {
  readonly clock: Clock;
}

export function credentialsOf(auth: Auth, options: CredentialsOptions): Credentials {
  const { secret, clock } = options;
  switch (auth.kind) {
    case "none":
      return fixed((request) => request);
    case "headers":
      return fixed((request) =>
        withHeaders(
          request,
          mapped(auth.headers, ({ prefix, secret: name }) => `${prefix}${secret(name)}`),
          mapped(auth.headers, ({ prefix }) => `${prefix}${REDACTED}`),
        ),
      );
    case "query":
      return fixed((request) => withKey(request, auth.parameter, secret(auth.secret)));
    case "basic":
      return fixed((request) => {
        const pair = Buffer.from(`${secret(auth.username)}:${secret(auth.password)}`).toString("base64");
        return withHeaders(request, { authorization: `Basic ${pair}` }, { authorization: `Basic ${REDACTED}` });
      });
    case "hmac":
      return fixed((request) => {
        const headers = signatureHeaders(auth, request, secret, clock.now());
        return withHeaders(
          request,
          headers,
          mapped(headers, () => REDACTED),
        );
      });
    case "oauth2":
      return bearer(new Tokens({ ...options, auth }));
  }
}

const fixed = (sign: (request: HttpRequest) => HttpRequest): Credentials => ({
  sign: async (request) => sign(request),
  renew: async () => false,
});

const BEARER = "Bearer ";

const bearer = (tokens: Tokens): Credentials => ({
  async sign(request, signal) {
    const token = await tokens.current(signal);
    return withHeaders(request, { authorization: `${BEARER}${token}` }, { authorization: `${BEARER}${REDACTED}` });
  },
  async renew(refused, signal) {
    await tokens.renew(refused?.headers.authorization?.slice(BEARER.length), signal);
    return true;
  },
});

const mapped = <T>(record: Readonly<Record<string, T>>, to: (value: T) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]));

const withHeaders = (
  request: HttpRequest,
  headers: Readonly<Record<string, string>>,
  shown: Readonly<Record<string, string>>,
): HttpRequest => ({
  ...request,
  headers: { ...request.headers, ...lowerCased(headers) },
  shown: { ...request.shown, headers: { ...request.shown.headers, ...lowerCased(shown) } },
});

const withKey = (request: HttpRequest, parameter: string, key: string): HttpRequest => ({
  ...request,
  url: withParameter(request.url, parameter, key),
  shown: { ...request.shown, url: withParameter(request.shown.url, parameter, REDACTED) },
});

function withParameter(url: string, name: string, value: string): string {
  const { origin, pathname, search } = new URL(withoutParameter(url, name));
  const pair = `${encodeURIComponent(name)}=${value === REDACTED ? value : encodeURIComponent(value)}`;
  return `${origin}${pathname}${search ? `${search}&` : "?"}${pair}`;
}

/** The URL without a parameter; what else it says stays as it was written, for it may be opaque. */
export function withoutParameter(url: string, name: string): string {
  const parsed = new URL(url);
  const pairs = parsed.search.slice(1).split("&");
  parsed.search = pairs.filter((pair) => pair && !new URLSearchParams(pair).has(name)).join("&");
  parsed.hash = "";
  return parsed.href;
}
