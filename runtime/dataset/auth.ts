/** A header whose value is a secret. */
export interface SecretHeader {
  /** Name of the secret: capital letters, digits and underscores, such as `TIINGO_TOKEN`. */
  readonly secret: string;
  /** What stands before the secret's value. */
  readonly prefix: string;
}

/** What a request looks like to the function that a signature is made over. */
export interface SignedRequest {
  /** Unix seconds at which it is sent. */
  readonly timestamp: string;
  readonly method: string;
  /** With the query, as sent. */
  readonly path: string;
  /** Empty when there is none. */
  readonly body: string;
}

export interface Signature {
  readonly key: string;
  readonly signature: string;
  readonly timestamp: string;
  /** Value of the secret `passphrase`; empty when there is none. */
  readonly passphrase: string;
}

export interface HmacOptions {
  /** Names of the secrets. */
  readonly key: string;
  readonly secret: string;
  readonly passphrase?: string;
  /** @default "sha256" */
  readonly algorithm?: "sha256" | "sha384" | "sha512";
  /** How the secret's text stands for its bytes. @default "utf8" */
  readonly secretEncoding?: "utf8" | "base64" | "hex";
  /** @default "hex" */
  readonly encoding?: "hex" | "base64";
  message(request: SignedRequest): string;
  headers(signature: Signature): Readonly<Record<string, string>>;
}

export interface OAuth2Options {
  /** https URL that tokens are asked of. */
  readonly tokenUrl: string;
  /** Names of the secrets. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** Name of the secret; with it the grant is `refresh_token`, without `client_credentials`. */
  readonly refreshToken?: string;
  readonly scope?: string;
}

/** How the source knows who asks. Every kind names secrets; no definition holds a value. */
export type Auth =
  | { readonly kind: "none" }
  | { readonly kind: "headers"; readonly headers: Readonly<Record<string, SecretHeader>> }
  | { readonly kind: "query"; readonly parameter: string; readonly secret: string }
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | ({ readonly kind: "oauth2" } & OAuth2Options)
  | ({ readonly kind: "hmac" } & Required<Omit<HmacOptions, "passphrase">> & Pick<HmacOptions, "passphrase">);

/**
 * A token in a header. The value comes from the environment variable named by `secret`, in the cloud from the secret of
 * that name; it is never stored with what was asked.
 */
export const token = (options: {
  readonly secret: string;
  /** @default "Authorization" */
  readonly header?: string;
  /** What stands before the token. @default "Bearer " */
  readonly prefix?: string;
}): Auth => ({
  kind: "headers",
  headers: { [options.header ?? "Authorization"]: { secret: options.secret, prefix: options.prefix ?? "Bearer " } },
});

/** Several headers, each with the name of its secret: `{ "APCA-API-KEY-ID": "ALPACA_KEY_ID" }`. */
export const secretHeaders = (headers: Readonly<Record<string, string>>): Auth => ({
  kind: "headers",
  headers: Object.fromEntries(Object.entries(headers).map(([header, secret]) => [header, { secret, prefix: "" }])),
});

/** A key in the query. It is redacted wherever the URL is kept or shown. */
export const queryKey = (options: { readonly parameter: string; readonly secret: string }): Auth => ({
  kind: "query",
  ...options,
});

/** HTTP Basic, https://www.rfc-editor.org/rfc/rfc7617. Both are names of secrets. */
export const basic = (options: { readonly username: string; readonly password: string }): Auth => ({
  kind: "basic",
  ...options,
});

/** An access token by client credentials or a refresh token, renewed when it ends: https://www.rfc-editor.org/rfc/rfc6749 */
export const oauth2 = (options: OAuth2Options): Auth => ({ kind: "oauth2", ...options });

/** A signature over each request. */
export const hmac = (options: HmacOptions): Auth => ({
  kind: "hmac",
  algorithm: "sha256",
  secretEncoding: "utf8",
  encoding: "hex",
  ...options,
});

/** Names of the secrets, each once. */
export function secretsOfAuth(auth: Auth): string[] {
  switch (auth.kind) {
    case "none":
      return [];
    case "headers":
      return [...new Set(Object.values(auth.headers).map(({ secret }) => secret))];
    case "query":
      return [auth.secret];
    case "basic":
      return [auth.username, auth.password];
    case "oauth2":
      return [auth.clientId, auth.clientSecret, ...(auth.refreshToken ? [auth.refreshToken] : [])];
    case "hmac":
      return [auth.key, auth.secret, ...(auth.passphrase ? [auth.passphrase] : [])];
  }
}
