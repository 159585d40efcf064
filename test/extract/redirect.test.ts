import assert from "node:assert/strict";
import { queryKey, token } from "../../runtime/dataset/auth.ts";
import { Refused } from "../../runtime/extract/failure.ts";
import { buildRequest } from "../../runtime/extract/request.ts";
import { clientOf, type Got, ok, startServer } from "../support/http.ts";

type Response = Parameters<Parameters<typeof startServer>[0]>[1];

const to =
  (location: string, status = 302) =>
  (_got: Got, response: Response): void =>
    void response.writeHead(status, { location }).end();

describe("a redirect", () => {
  it("within the source is followed with its credentials, and the answer says where it came from", async () => {
    await using server = await startServer((got, response) =>
      got.url === "/a" ? to("/b?page=2")(got, response) : ok('["b"]')(got, response),
    );
    using client = clientOf(server.url, { auth: token({ secret: "T" }) });
    const { request, answer } = await client.ask({ path: ["a"] });
    assert.deepEqual(
      server.got.map(({ headers }) => headers.authorization),
      ["Bearer T-value", "Bearer T-value"],
    );
    assert.equal(request.url, `${server.url}/a`);
    assert.equal(answer.url, `${server.url}/b?page=2`);
    assert.equal(answer.status, 200);
  });

  it("to one of its hosts carries nothing that says who asks, not even what the source put into the URL", async () => {
    await using other = await startServer(ok("[1]"));
    await using server = await startServer((got, response) => {
      const key = new URL(got.url, server.url).searchParams.get("api_key");
      to(`${other.url}/file?api_key=${key}&sig=a%2Fb`)(got, response);
    });
    using client = clientOf(server.url, {
      auth: queryKey({ parameter: "api_key", secret: "KEY" }),
      hosts: [other.host],
    });
    const { answer } = await client.ask({ headers: { "x-account": "7", cookie: "a=b" } });
    assert.equal(server.got[0]?.url, "/?api_key=KEY-value");
    const [got] = other.got;
    assert.equal(got?.url, "/file?sig=a%2Fb");
    assert.doesNotMatch(JSON.stringify(got), /KEY-value|x-account|cookie/);
    assert.equal(got?.headers["user-agent"], "tidegate/0.1");
    assert.equal(answer.url, `${other.url}/file?sig=a%2Fb`);
  });

  it("to one of its hosts leaves the token in its header at home", async () => {
    await using other = await startServer(ok());
    await using server = await startServer(to(other.url));
    using client = clientOf(server.url, { auth: token({ secret: "T", header: "X-Key" }), hosts: [other.host] });
    await client.ask();
    assert.doesNotMatch(JSON.stringify(other.got), /T-value/);
  });

  it("to any other host is refused before anything is sent, and the message says how to allow it", async () => {
    await using other = await startServer(ok());
    await using server = await startServer(to(other.url));
    using client = clientOf(server.url, { hosts: ["files.example"] });
    await assert.rejects(client.ask(), (error: unknown) => {
      assert(error instanceof Refused);
      assert.equal(error.message, `${server.host} leads to http://${other.host}, which is none of its hosts`);
      assert.equal(error.fix, `write hosts: ["files.example","${other.host}"] in the source if it is to be trusted`);
      return true;
    });
    assert.equal(other.got.length, 0);
  });

  for (const [location, problem] of [
    ["http://files.example/x", /not asked without https$/],
    ["ftp://files.example/x", /not asked without https$/],
    ["https://u:p@files.example/x", /has a user's name in its URL$/],
  ] as const)
    it(`to ${location} is refused, though its host is allowed`, async () => {
      await using server = await startServer(to(location));
      using client = clientOf(server.url, { hosts: ["files.example"] });
      await assert.rejects(client.ask(), (error) => error instanceof Refused && problem.test(error.message));
    });

  it("to what is no URL is refused", async () => {
    await using server = await startServer(to("https://["));
    using client = clientOf(server.url);
    await assert.rejects(client.ask(), Refused);
  });

  it("is followed five times and no more, each a turn of the budget", async () => {
    let hops = 5;
    await using server = await startServer((got, response) => {
      const nth = Number(got.url.slice(1));
      if (nth < hops) to(`/${nth + 1}`)(got, response);
      else ok()(got, response);
    });
    using client = clientOf(server.url, { budget: [{ requests: 1, per: "1 second" }] });
    const begun = client.clock.now();
    assert.equal((await client.ask({ path: [0] })).answer.status, 200);
    assert.equal(server.got.length, 6);
    assert(client.clock.now() - begun >= 5_000);
    hops = 6;
    await assert.rejects(client.ask({ path: [0] }), /redirects more than 5 times/);
    assert.equal(server.got.length, 12);
  });

  for (const [status, method] of [
    [301, "GET"],
    [302, "GET"],
    [303, "GET"],
    [307, "POST"],
    [308, "POST"],
  ] as const)
    it(`with ${status} makes of a POST a ${method}`, async () => {
      await using server = await startServer((got, response) =>
        got.url === "/a" ? to("/b", status)(got, response) : ok()(got, response),
      );
      using client = clientOf(server.url);
      await client.ask({ path: ["a"], body: { json: 1 } });
      const got = server.got[1];
      assert.deepEqual(
        [got?.method, got?.body, got?.headers["content-type"]],
        method === "POST" ? ["POST", "1", "application/json"] : ["GET", "", undefined],
      );
    });

  it("without a place is an answer like any other", async () => {
    await using server = await startServer((_got, response) => response.writeHead(304).end());
    using client = clientOf(server.url);
    assert.equal((await client.ask()).answer.status, 304);
  });
});

describe("a link that an answer names", () => {
  const setting = (hosts: string[] = []) => {
    const client = clientOf("https://api.example/v1", {
      auth: queryKey({ parameter: "key", secret: "KEY" }),
      hosts,
    });
    const base = buildRequest(client.source, {
      path: ["search"],
      body: { json: 1 },
      headers: { "X-Version": "2" },
      cost: 3,
    });
    return { client: client.client, base };
  };

  it("is asked with GET and what the first request said, on the source itself", () => {
    const { client, base } = setting();
    const { method, url, headers, body, cost } = client.follow("?cursor=a%2Bb&key=KEY-value", base);
    assert.deepEqual([method, url, body, cost], ["GET", "https://api.example/v1/search?cursor=a%2Bb", undefined, 3]);
    assert.equal(headers["x-version"], "2");
    assert.equal(headers["content-type"], undefined);
  });

  it("is asked without any of it on another host, and shown without what is secret", () => {
    const { client, base } = setting(["files.example"]);
    const { headers, shown } = client.follow("https://files.example/x?t=KEY-value", base);
    assert.deepEqual(Object.keys(headers).sort(), ["accept", "accept-encoding", "user-agent"]);
    assert.equal(shown.url, "https://files.example/x?t=[redacted]");
  });

  for (const link of [
    "https://elsewhere.example/x",
    "//elsewhere.example/x",
    "http://api.example/v1/x",
    "https://api.example:8443/x",
    "https://api.example.evil.example/x",
    "https://10.0.0.1/x",
    "http://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    "data:application/json,[]",
    "https://",
  ])
    it(`is refused when it is ${link}`, () => {
      const { client, base } = setting();
      assert.throws(() => client.follow(link, base), Refused);
    });
});
