import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { oauth2 } from "../../runtime/dataset/auth.ts";
import { NoAnswer, Refused } from "../../runtime/extract/failure.ts";
import { clientOf, type Got, never, ok, startServer } from "../support/http.ts";

const grant =
  (more: object = {}, token = "first-token") =>
  (_got: Got, response: ServerResponse): void => {
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ access_token: token, token_type: "Bearer", expires_in: 3_600, ...more }));
  };

/** Grants `token-1`, `token-2` and so on. */
const grants = (more: object = {}) => {
  let nth = 0;
  return (got: Got, response: ServerResponse): void => {
    nth += 1;
    grant(more, `token-${nth}`)(got, response);
  };
};

const auth = (url: string, more: { refreshToken?: string; scope?: string } = {}) =>
  oauth2({ tokenUrl: `${url}/oauth/token`, clientId: "ID", clientSecret: "SECRET", ...more });

const bearers = (got: readonly Got[]): (string | undefined)[] => got.map(({ headers }) => headers.authorization);

describe("an access token of OAuth 2", () => {
  it("is got with client credentials before the first request, and kept to itself", async () => {
    await using tokens = await startServer(grants());
    await using server = await startServer(ok());
    using client = clientOf(server.url, { auth: auth(tokens.url, { scope: "read all" }) });
    const { request, answer } = await client.ask();
    await client.ask();
    assert.deepEqual(bearers(server.got), ["Bearer token-1", "Bearer token-1"]);
    const [asked] = tokens.got;
    assert.equal(tokens.got.length, 1);
    assert.equal(asked?.method, "POST");
    assert.equal(asked?.body, "grant_type=client_credentials&scope=read+all");
    assert.equal(asked?.headers.authorization, `Basic ${Buffer.from("ID-value:SECRET-value").toString("base64")}`);
    assert.equal(request.shown.headers.authorization, "Bearer [redacted]");
    assert.equal(answer.redact?.("token-1 expired"), "[redacted] expired");
  });

  it("is got with a refresh token, and with the newer one when the source gives one", async () => {
    await using tokens = await startServer(grants({ refresh_token: "newer" }));
    await using server = await startServer(ok());
    using client = clientOf(server.url, { auth: auth(tokens.url, { refreshToken: "REFRESH" }) });
    await client.ask();
    await client.client.refreshAuth();
    assert.deepEqual(
      tokens.got.map(({ body }) => body),
      ["grant_type=refresh_token&refresh_token=REFRESH-value", "grant_type=refresh_token&refresh_token=newer"],
    );
  });

  it("is renewed a minute before it ends, and not earlier", async () => {
    await using tokens = await startServer(grants({ expires_in: 3_600 }));
    await using server = await startServer(ok());
    using client = clientOf(server.url, { auth: auth(tokens.url) });
    await client.ask();
    await client.clock.sleep(3_539_000, never);
    await client.ask();
    await client.clock.sleep(1_000, never);
    await client.ask();
    assert.deepEqual(bearers(server.got), ["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
  });

  it("is renewed in time when it lives but seconds, and lives for ever when nothing is said", async () => {
    await using server = await startServer(ok());
    for (const [expires_in, second] of [
      [10, "token-2"],
      [undefined, "token-1"],
    ] as const) {
      await using tokens = await startServer(grants({ expires_in }));
      using client = clientOf(server.url, { auth: auth(tokens.url) });
      await client.ask();
      await client.clock.sleep(9_500, never);
      await client.ask();
      assert.equal(bearers(server.got).at(-1), `Bearer ${second}`);
    }
  });

  it("is got once, however many need it at once", async () => {
    const issue = grants();
    await using tokens = await startServer((got, response) => void setTimeout(() => issue(got, response), 20));
    await using server = await startServer(ok());
    using client = clientOf(server.url, { auth: auth(tokens.url) });
    await Promise.all(Array.from({ length: 10 }, () => client.ask()));
    assert.equal(tokens.got.length, 1);
  });

  it("is renewed once for all whose requests were refused with it, also when they say so late", async () => {
    await using tokens = await startServer(grants());
    await using server = await startServer(ok());
    using client = clientOf(server.url, { auth: auth(tokens.url) });
    const refused = await Promise.all(Array.from({ length: 5 }, () => client.ask()));
    const [first, ...others] = refused.map(({ request }) => request);
    assert.deepEqual(await Promise.all([first, ...others].map((one) => client.client.refreshAuth(one))), [
      true,
      true,
      true,
      true,
      true,
    ]);
    assert.equal(await client.client.refreshAuth(others.at(-1)), true);
    assert.equal(tokens.got.length, 2);
    const { request } = await client.ask();
    assert.equal(server.got.at(-1)?.headers.authorization, "Bearer token-2");
    await client.client.refreshAuth(request);
    assert.equal(tokens.got.length, 3);
  });

  it("is asked with the credentials in the body of a server that does not take them in the header, from then on at once", async () => {
    await using tokens = await startServer((got, response) =>
      got.body.includes("client_secret=SECRET-value")
        ? grant()(got, response)
        : void response.writeHead(401).end('{"error":"invalid_client"}'),
    );
    await using server = await startServer(ok());
    using client = clientOf(server.url, { auth: auth(tokens.url) });
    await client.ask();
    await client.client.refreshAuth();
    assert.deepEqual(
      tokens.got.map(({ headers, body }) => [headers.authorization !== undefined, body.includes("client_secret")]),
      [
        [true, false],
        [false, true],
        [false, true],
      ],
    );
  });

  it("stops everything when the credentials are refused, and says what to set, but no secret", async () => {
    await using tokens = await startServer((_got, response) =>
      response.writeHead(401).end('{"error":"invalid_client","client":"ID-value"}'),
    );
    using client = clientOf("http://127.0.0.1:1", { auth: auth(tokens.url, { refreshToken: "REFRESH" }) });
    await assert.rejects(client.ask(), (error: unknown) => {
      assert(error instanceof Refused);
      assert.equal(error.all, true);
      assert.match(
        error.message,
        new RegExp(`^${tokens.host} gave no access token: it answered 401: .*invalid_client`),
      );
      assert.equal(error.fix, "set ID, SECRET, REFRESH to valid values, then run again");
      assert.doesNotMatch(error.message, /-value/);
      return true;
    });
  });

  it("is asked for once with a refresh token that is refused: that says nothing against the header", async () => {
    await using tokens = await startServer((_got, response) =>
      response.writeHead(400).end('{"error":"invalid_grant"}'),
    );
    using client = clientOf("http://127.0.0.1:1", { auth: auth(tokens.url, { refreshToken: "REFRESH" }) });
    await assert.rejects(client.ask(), /it answered 400: .*invalid_grant/);
    assert.equal(tokens.got.length, 1);
  });

  it("may be asked for again when the token endpoint is down, or answers nonsense", async () => {
    for (const [status, body] of [
      [503, "<h1>busy</h1>"],
      [429, ""],
      [200, "<html>"],
      [200, '{"access_token":""}'],
      [200, '{"access_token":"x","token_type":"mac"}'],
    ] as const) {
      await using tokens = await startServer((_got, response) => response.writeHead(status).end(body));
      using client = clientOf("http://127.0.0.1:1", { auth: auth(tokens.url) });
      await assert.rejects(
        client.ask(),
        (error) => error instanceof NoAnswer && /gave no access token/.test(error.message),
      );
    }
  });

  it("is not looked for where the token endpoint leads", async () => {
    await using thief = await startServer(grant());
    await using tokens = await startServer((_got, response) => response.writeHead(307, { location: thief.url }).end());
    using client = clientOf("http://127.0.0.1:1", { auth: auth(tokens.url), hosts: [thief.host] });
    await assert.rejects(client.ask(), Refused);
    assert.equal(thief.got.length, 0);
  });
});
