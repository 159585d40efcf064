import { type RawServer, startServer } from "./http.ts";

export interface RotationOptions {
  /** The refresh token that is good at first. */
  readonly first: string;
  /** What comes with an access token. @default "another" */
  readonly gives?: "another" | "the same" | "none";
  /** Whether a token that was used before ends all that followed it. https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2 */
  readonly revokes?: boolean;
  /** Milliseconds before an answer. @default 0 */
  readonly slow?: number;
}

export interface Rotation extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: RawServer["url"];
  /** The refresh tokens that were sent, in their order. */
  readonly sent: readonly string[];
  /** Takes this one and no other from now on. */
  accept(token: string): void;
}

/** A token endpoint that gives `refresh-1`, `refresh-2` and so on, and takes each once. */
export async function startRotation(options: RotationOptions): Promise<Rotation> {
  const { first, gives = "another", revokes = false, slow = 0 } = options;
  const sent: string[] = [];
  let good: string | undefined = first;
  let given = 0;
  const server = await startServer((got, response) => {
    const token = new URLSearchParams(got.body).get("refresh_token") ?? "";
    const reused = sent.includes(token);
    sent.push(token);
    const accepted = token === good;
    if (accepted) {
      given += 1;
      if (gives === "another") good = `refresh-${given}`;
    } else if (revokes && reused) good = undefined;
    const [status, body] = accepted
      ? [
          200,
          { access_token: `access-${given}`, expires_in: 3_600, ...(gives === "none" ? {} : { refresh_token: good }) },
        ]
      : [400, { error: "invalid_grant", error_description: `${token} is not good` }];
    setTimeout(() => response.writeHead(status).end(JSON.stringify(body)), slow);
  });
  return {
    url: server.url,
    sent,
    accept(token) {
      good = token;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
