import assert from "node:assert/strict";
import { secretsOfAuth } from "../../runtime/dataset/auth.ts";
import { type Auth, basic, hmac, oauth2, queryKey, secretHeaders, token } from "../../runtime/dataset/index.ts";

const signed = {
  key: "KEY",
  secret: "SECRET",
  message: () => "",
  headers: () => ({}),
};

describe("the secrets of a way to know who asks", () => {
  const cases: readonly (readonly [string, Auth, readonly string[]])[] = [
    ["nobody", { kind: "none" }, []],
    ["a token", token({ secret: "TOKEN" }), ["TOKEN"]],
    ["two headers", secretHeaders({ "X-Id": "ID", "X-Key": "KEY" }), ["ID", "KEY"]],
    ["two headers of one secret", secretHeaders({ "X-Id": "ID", "X-Again": "ID" }), ["ID"]],
    ["a key in the query", queryKey({ parameter: "api_key", secret: "KEY" }), ["KEY"]],
    ["a name and a password", basic({ username: "NAME", password: "PASSWORD" }), ["NAME", "PASSWORD"]],
    [
      "client credentials",
      oauth2({ tokenUrl: "https://example.org/token", clientId: "ID", clientSecret: "SECRET" }),
      ["ID", "SECRET"],
    ],
    [
      "a refresh token",
      oauth2({ tokenUrl: "https://example.org/token", clientId: "ID", clientSecret: "SECRET", refreshToken: "TOKEN" }),
      ["ID", "SECRET", "TOKEN"],
    ],
    ["a signature", hmac(signed), ["KEY", "SECRET"]],
    ["a signature with a passphrase", hmac({ ...signed, passphrase: "PHRASE" }), ["KEY", "SECRET", "PHRASE"]],
  ];
  for (const [what, auth, secrets] of cases)
    it(`of ${what} are ${secrets.join(", ") || "none"}`, () => assert.deepEqual(secretsOfAuth(auth), secrets));
});
