import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { type Auth, basic, hmac, queryKey, secretHeaders, token } from "../../runtime/dataset/auth.ts";
import type { RequestParts } from "../../runtime/dataset/source.ts";
import type { Exchanged } from "../../runtime/extract/client.ts";
import { Refused } from "../../runtime/extract/failure.ts";
import { clientOf, type Got, ok, startServer } from "../support/http.ts";

interface Told {
  readonly got: Got;
  readonly exchanged: Exchanged;
  /** Everything that may be kept or shown of it. */
  readonly shown: string;
}

/** Sends a request with these credentials. */
async function tell(auth: Auth, parts: Partial<RequestParts> = {}): Promise<Told> {
  await using server = await startServer(ok());
  using client = clientOf(server.url, { auth });
  const exchanged = await client.ask(parts);
  const [got] = server.got;
  assert(got);
  return { got, exchanged, shown: JSON.stringify([exchanged.request.shown, exchanged.answer]) };
}

describe("credentials", () => {
  it("are none when there are none", async () => {
    const { got } = await tell({ kind: "none" });
    assert.equal(got.headers.authorization, undefined);
  });

  it("are sent in the header that is named, behind its prefix, and kept without their value", async () => {
    const { got, exchanged, shown } = await tell(token({ secret: "TOKEN", prefix: "Token " }));
    assert.equal(got.headers.authorization, "Token TOKEN-value");
    assert.equal(exchanged.request.shown.headers.authorization, "Token [redacted]");
    assert.doesNotMatch(shown, /TOKEN-value/);
  });

  it("are sent in several headers", async () => {
    const { got, shown } = await tell(secretHeaders({ "X-Key-Id": "KEY_ID", "X-Key": "KEY" }));
    assert.deepEqual([got.headers["x-key-id"], got.headers["x-key"]], ["KEY_ID-value", "KEY-value"]);
    assert.doesNotMatch(shown, /-value/);
  });

  it("are sent in the query beside what the definition asks, and in none of what is kept", async () => {
    const { got, exchanged, shown } = await tell(queryKey({ parameter: "api_key", secret: "KEY" }), {
      path: ["x"],
      query: { q: "a b", api_key: "mistaken" },
    });
    assert.equal(got.url, "/x?q=a+b&api_key=KEY-value");
    assert.match(exchanged.request.shown.url, /\/x\?q=a\+b&api_key=\[redacted\]$/);
    assert.match(exchanged.answer.url, /api_key=\[redacted\]$/);
    assert.doesNotMatch(shown, /KEY-value/);
  });

  it("are sent as RFC 7617 says", async () => {
    const { got, exchanged } = await tell(basic({ username: "NAME", password: "PASSWORD" }));
    const text = Buffer.from(got.headers.authorization?.slice("Basic ".length) ?? "", "base64").toString();
    assert.equal(text, "NAME-value:PASSWORD-value");
    assert.equal(exchanged.request.shown.headers.authorization, "Basic [redacted]");
  });

  it("sign the request as it is sent, at the moment it is", async () => {
    const { got, exchanged, shown } = await tell(
      hmac({
        key: "KEY",
        secret: "SECRET",
        passphrase: "PHRASE",
        algorithm: "sha512",
        secretEncoding: "base64",
        encoding: "base64",
        message: ({ timestamp, method, path, body }) => `${timestamp}|${method}|${path}|${body}`,
        headers: ({ key, signature, timestamp, passphrase }) => ({
          "CB-ACCESS-KEY": key,
          "CB-ACCESS-SIGN": signature,
          "CB-ACCESS-TIMESTAMP": timestamp,
          "CB-ACCESS-PASSPHRASE": passphrase,
        }),
      }),
      { path: ["orders"], query: { limit: 1 }, body: { json: { a: 1 } } },
    );
    const timestamp = String(Date.UTC(2024, 4, 1, 12) / 1_000);
    const expected = createHmac("sha512", Buffer.from("SECRET-value", "base64"))
      .update(`${timestamp}|POST|/orders?limit=1|{"a":1}`)
      .digest("base64");
    assert.equal(got.headers["cb-access-sign"], expected);
    assert.equal(got.headers["cb-access-timestamp"], timestamp);
    assert.equal(got.headers["cb-access-key"], "KEY-value");
    assert.equal(got.headers["cb-access-passphrase"], "PHRASE-value");
    assert.equal(exchanged.request.shown.headers["cb-access-sign"], "[redacted]");
    assert.doesNotMatch(shown, /-value/);
  });

  it("sign anew when the budget made a request wait", async () => {
    await using server = await startServer(ok());
    const auth = hmac({
      key: "KEY",
      secret: "SECRET",
      message: ({ timestamp }) => timestamp,
      headers: ({ timestamp }) => ({ "x-time": timestamp }),
    });
    using client = clientOf(server.url, { auth, budget: [{ requests: 1, per: "1 minute", burst: 1 }] });
    await client.ask();
    await client.ask();
    const [first, second] = server.got.map(({ headers }) => Number(headers["x-time"]));
    assert.equal((second ?? 0) - (first ?? 0), 60);
  });

  it("cannot be renewed when they are what they are", async () => {
    for (const auth of [token({ secret: "T" }), basic({ username: "U", password: "P" }), { kind: "none" } as const]) {
      using client = clientOf("http://127.0.0.1:1", { auth });
      assert.equal(await client.client.refreshAuth(), false);
    }
  });

  it("are taken out of a text in which the source repeats them, in every spelling", async () => {
    await using server = await startServer(ok());
    using client = clientOf(
      server.url,
      { auth: queryKey({ parameter: "key", secret: "K" }) },
      { secret: () => 'se cret/+"1' },
    );
    const { answer } = await client.ask();
    const spellings = ['se cret/+"1', "se%20cret%2F%2B%221", "se+cret%2F%2B%221", 'se cret/+\\"1'];
    for (const spelling of [...spellings, Buffer.from('se cret/+"1').toString("base64")])
      assert.equal(answer.redact?.(`no such key: ${spelling}!`), "no such key: [redacted]!", spelling);
  });

  it("are not in the message of a request that got no answer", async () => {
    using client = clientOf("http://127.0.0.1:1", { auth: queryKey({ parameter: "key", secret: "KEY" }) });
    await assert.rejects(client.ask({ path: ["x"] }), (error: Error) => {
      assert.match(error.message, /^127\.0\.0\.1:1 gave no whole answer: .*ECONNREFUSED/);
      assert.doesNotMatch(error.message, /KEY-value/);
      return true;
    });
  });

  it("that no header can carry stop everything, without being shown", async () => {
    await using server = await startServer(ok());
    using client = clientOf(server.url, { auth: token({ secret: "T" }) }, { secret: () => "hidden\n" });
    await assert.rejects(client.ask(), (error: unknown) => {
      assert(error instanceof Refused && error.all);
      assert.match(error.message, /cannot be asked: .*authorization/i);
      assert.doesNotMatch(error.message, /hidden/);
      return true;
    });
    assert.equal(server.got.length, 0);
  });
});
