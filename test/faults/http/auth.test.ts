import assert from "node:assert/strict";
import { DAY } from "../../../runtime/dataset/duration.ts";
import { oauth2, token } from "../../../runtime/dataset/index.ts";
import { type ReplayServer, redirect } from "../../../runtime/replay/index.ts";
import { startReplay } from "../../../runtime/replay/server.ts";
import { assertWhole, bringIn, DAYS, dates, problemOf, REQUESTS, UNTIL } from "../../support/bring-in.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { startRotation } from "../../support/rotation.ts";
import { startTiny, tinyRows } from "../../support/tiny.ts";

describe("faults of HTTP: credentials", () => {
  const servers: ReplayServer[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

  const started = async (server: Promise<ReplayServer>): Promise<ReplayServer> => {
    servers.push(await server);
    return server;
  };

  /** Gives tokens that are good for so many requests each. */
  async function startOAuth(good: number) {
    let issued = 0;
    let left = 0;
    const server = await started(
      startReplay((asked) => {
        if (asked.path === "/token") {
          issued += 1;
          left = good;
          return {
            status: 200,
            body: JSON.stringify({ access_token: `t${issued}`, token_type: "Bearer", expires_in: 3600 }),
          };
        }
        if (asked.headers.authorization !== `Bearer t${issued}` || left <= 0) return { status: 401, body: "expired" };
        left -= 1;
        return { status: 200, body: tinyRows(asked) };
      }),
    );
    const auth = oauth2({ tokenUrl: `${server.url}/token`, clientId: "CLIENT_ID", clientSecret: "CLIENT_SECRET" });
    return { server, auth, issued: () => issued };
  }

  it("11) a 401 in the middle renews the token once, and the run goes on", async () => {
    const { server, auth, issued } = await startOAuth(3);
    await using tried = await bringIn(server, { source: { auth, concurrency: 1 } });
    assertWhole(tried);
    assert.equal(issued(), 2);
    assert.equal(tried.requests.filter(({ path }) => path !== "/token").length, REQUESTS + 1);
  });

  it("11) a 401 that a new token does not mend stops the dataset: no partition is asked for nothing", async () => {
    const { server, auth, issued } = await startOAuth(0);
    await using tried = await bringIn(server, { source: { auth, concurrency: 1 } });
    assert.equal(tried.summary.outcome, "failed");
    assert.match(problemOf(tried), /401/);
    assert.equal(issued(), 2);
    assert.equal(tried.requests.filter(({ path }) => path !== "/token").length, 2);
  });

  it("11) a refresh token that is good once brings in one run after the other: the newest is kept", async () => {
    await using tokens = await startRotation({ first: "by-hand", revokes: true });
    const server = await started(startTiny());
    const secrets = { ID: "client-id", SECRET: "client-secret", REFRESH: "by-hand" };
    const auth = oauth2({
      ...{ tokenUrl: `${tokens.url}/token`, clientId: "ID", clientSecret: "SECRET", refreshToken: "REFRESH" },
    });
    await using folder = await temporaryFolder();
    for (const [until, days] of [
      [UNTIL - 10 * DAY, 10],
      [UNTIL, DAYS],
    ] as const) {
      await using tried = await bringIn(server, { source: { auth } }, { secrets, until, folder: folder.path });
      assertWhole(tried, dates(days));
    }
    assert.deepEqual(tokens.sent, ["by-hand", "refresh-1"]);
  });

  it("20) a redirect to another host gets no credentials", async () => {
    const other = await started(startTiny());
    const server = await started(startTiny());
    const to = new URL(other.url);
    server.fail(
      ({ path }) => path.endsWith("/A"),
      redirect(`http://localhost:${to.port}/prices/A?from=2024-01-01&to=2024-01-10`),
      1,
    );
    const auth = token({ secret: "TOKEN" });
    await using tried = await bringIn(
      server,
      { source: { auth, hosts: [`localhost:${to.port}`], privateNetwork: true } },
      { secrets: { TOKEN: "top-secret" } },
    );
    assertWhole(tried);
    assert.equal(other.requests.length, 1);
    assert.ok(tried.requests.every(({ headers }) => headers.authorization === "Bearer top-secret"));
    assert.ok(!JSON.stringify(other.requests[0]).includes("top-secret"));
  });

  it("20) a redirect to a host that the definition does not name is not followed", async () => {
    const other = await started(startTiny());
    const server = await started(startTiny());
    server.fail(({ path }) => path.endsWith("/A"), redirect(other.url.replace("127.0.0.1", "localhost")));
    await using tried = await bringIn(server, { source: { auth: token({ secret: "TOKEN" }) } });
    assert.match(problemOf(tried), /localhost/);
    assert.equal(other.requests.length, 0);
  });
});
