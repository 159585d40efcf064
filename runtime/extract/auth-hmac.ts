import { createHmac } from "node:crypto";
import type { Auth, Signature } from "../dataset/auth.ts";
import type { HttpRequest } from "./request.ts";

/** The headers that a definition makes of the signature over a request. @param now Unix milliseconds */
export function signatureHeaders(
  auth: Extract<Auth, { readonly kind: "hmac" }>,
  request: HttpRequest,
  secret: (name: string) => string,
  now: number,
): Readonly<Record<string, string>> {
  const { pathname, search } = new URL(request.url);
  const timestamp = String(Math.floor(now / 1_000));
  const message = auth.message({
    timestamp,
    method: request.method,
    path: `${pathname}${search}`,
    body: request.body ?? "",
  });
  const key = Buffer.from(secret(auth.secret), auth.secretEncoding);
  const signature: Signature = {
    key: secret(auth.key),
    signature: createHmac(auth.algorithm, key).update(message).digest(auth.encoding),
    timestamp,
    passphrase: auth.passphrase ? secret(auth.passphrase) : "",
  };
  return auth.headers(signature);
}
