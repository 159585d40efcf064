import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { oauth2, token } from "../../runtime/dataset/auth.ts";
import { csvBody, jsonBody, jsonLines } from "../../runtime/dataset/format.ts";
import { type ResponseRule, when } from "../../runtime/dataset/responses.ts";
import type { ResolvedSource, SourceRow } from "../../runtime/dataset/source.ts";
import type { HttpAnswer } from "../../runtime/extract/request.ts";
import { judge, type Verdict } from "../../runtime/extract/verdict.ts";
import { sourceOf } from "../support/source.ts";

const NOW = Date.parse("2024-05-01T12:00:00Z");

interface Given {
  readonly headers?: Readonly<Record<string, string>>;
  readonly rules?: readonly ResponseRule[];
  readonly source?: Partial<ResolvedSource>;
  readonly graphql?: boolean;
  readonly visit?: (row: SourceRow) => void;
}

const answerOf = (status: number, body: string | Uint8Array, headers: HttpAnswer["headers"]): HttpAnswer => {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return {
    status,
    headers,
    body: bytes,
    bytes: bytes.length,
    sha256: "",
    url: "https://api.example/x?key=[redacted]",
    redact: (text) => text.replaceAll("SECRET", "[redacted]"),
    dispose: async () => {},
  };
};

const verdict = (
  status: number,
  body: string | Uint8Array = "[]",
  { headers = {}, rules = [], source = {}, graphql = false, visit }: Given = {},
): Promise<Verdict> =>
  judge(answerOf(status, body, headers), sourceOf("https://api.example", { responses: rules, ...source }), {
    now: NOW,
    graphql,
    ...(visit ? { visit } : {}),
  });

const rowsOf = (found: Verdict): number | string => (found.kind === "data" ? found.scanned.rows : found.kind);

const fail = (problem: string, all = false, credentials = all) => ({ kind: "fail", problem, all, credentials });

describe("the verdict on an answer", () => {
  it("without rules is HTTP's", async () => {
    assert.equal(rowsOf(await verdict(200, "[[1],[2]]")), 2);
    assert.equal(rowsOf(await verdict(200, "[]")), 0);
    assert.equal(rowsOf(await verdict(201, "[[1]]")), 1);
    assert.deepEqual(await verdict(503, "<h1>busy</h1>"), {
      kind: "retry",
      problem: 'api.example answered 503: "<h1>busy</h1>"',
    });
    assert.deepEqual(await verdict(502, ""), { kind: "retry", problem: 'api.example answered 502: ""' });
    assert.deepEqual(await verdict(408, "slow"), { kind: "retry", problem: 'api.example answered 408: "slow"' });
    for (const status of [304, 400, 402, 404, 413, 422])
      assert.deepEqual(await verdict(status, "no"), fail(`api.example answered ${status}: "no"`));
    for (const status of [401, 403])
      assert.deepEqual(await verdict(status, "no"), fail(`api.example answered ${status}: "no"`, true));
  });

  it("renews the credentials for a 401 where there is something to renew", async () => {
    const renewable = oauth2({ tokenUrl: "https://a.example", clientId: "ID", clientSecret: "S" });
    const found = { kind: "refreshAuth", problem: 'api.example answered 401: "expired"' };
    assert.deepEqual(await verdict(401, "expired", { source: { auth: renewable } }), found);
    assert.equal((await verdict(403, "no", { source: { auth: renewable } })).kind, "fail");
    assert.equal((await verdict(401, "no", { source: { auth: token({ secret: "T" }) } })).kind, "fail");
  });

  it("tries a 503 again when it says to", async () => {
    const found = await verdict(503, "x", { headers: { "retry-after": "30" } });
    assert.equal(found.kind === "retry" && found.wait, 30_000);
  });

  it("tries again where a body is broken, and fails where it is whole but no list", async () => {
    for (const body of ["[[1],[2", "<html>Sorry</html>", gzipSync("[[1],[2]]").subarray(0, 20)]) {
      const found = await verdict(200, body);
      assert.equal(found.kind, "retry", String(body));
      assert.match("problem" in found ? found.problem : "", /^api\.example answered 200, but the body /);
    }
    const found = await verdict(200, '{"Information":"limit of 25 requests"}');
    assert.equal(found.kind, "fail");
    assert.match("problem" in found ? found.problem : "", /^api\.example answered 200, but .*limit of 25 requests/);
  });

  it("takes 204 for nothing there, and a 200 without a byte for broken, whatever the format", async () => {
    assert.deepEqual(await verdict(204, ""), { kind: "empty" });
    for (const format of [jsonBody(), csvBody(), jsonLines()])
      assert.deepEqual(await verdict(200, "", { source: { format } }), {
        kind: "retry",
        problem: "api.example answered 200 with no body at all",
      });
  });

  it("reads what is packed, and refuses what is packed as nobody asked for", async () => {
    const packed = gzipSync("[[1]]");
    assert.equal(rowsOf(await verdict(200, packed, { headers: { "content-encoding": "gzip" } })), 1);
    assert.equal(rowsOf(await verdict(200, packed)), 1);
    assert.deepEqual(
      await verdict(200, packed, { headers: { "content-encoding": "br" } }),
      fail("api.example answered 200 in the content-encoding br, which was not asked for"),
    );
  });

  it("shows every row of data to who wants to see them, and none of another answer", async () => {
    const seen: unknown[] = [];
    const visit = (row: SourceRow): void => void seen.push(row[0]);
    await verdict(200, "[[1],[2]]", { visit });
    await verdict(500, "[[3]]", { visit });
    await verdict(200, "[[4]]", { visit, rules: [when({}).empty()] });
    assert.deepEqual(seen, [1, 2]);
  });

  it("never says what is secret, though the source does", async () => {
    for (const [status, body] of [
      [400, "no such key SECRET"],
      [200, '{"key":"SECRET"}'],
      [403, `${"x".repeat(72)}SECRET and more`],
    ] as const) {
      const found = await verdict(status, body);
      assert.doesNotMatch(JSON.stringify(found), /SECR/);
      assert.match(JSON.stringify(found), /answered/);
    }
  });

  describe("of too many requests waits", () => {
    for (const [what, headers, wait] of [
      ["as many seconds as it says", { "retry-after": "120" }, 120_000],
      ["until the date it says", { "retry-after": "Wed, 01 May 2024 12:00:30 GMT" }, 30_000],
      ["a time of the caller's choice when it says nothing", {}, undefined],
      ["a second when it says none", { "retry-after": "0" }, 1_000],
      ["a second when the date is past", { "retry-after": "Wed, 01 May 2024 11:00:00 GMT" }, 1_000],
      ["a time of the caller's choice when it says nonsense", { "retry-after": "soon" }, undefined],
      ["as long as it says, however long", { "retry-after": "86400" }, 86_400_000],
      [
        "by the source's own clock, when that is wrong",
        { "retry-after": "Wed, 01 May 2024 09:10:30 GMT", date: "Wed, 01 May 2024 09:10:00 GMT" },
        30_000,
      ],
      [
        "from now on, when the answer is an hour old",
        { "retry-after": "Wed, 01 May 2024 12:00:30 GMT", date: "Wed, 01 May 2024 11:00:00 GMT", age: "3600" },
        30_000,
      ],
    ] as const)
      it(what, async () => {
        const found = await verdict(429, "slow down", { headers });
        assert.deepEqual(found, { kind: "limited", wait, problem: 'api.example answered 429: "slow down"' });
      });

    const epoch = String(NOW / 1_000 + 90);
    for (const [what, reset, headers, wait] of [
      ["seconds left", { header: "X-Reset", as: "seconds left" }, { "x-reset": "345" }, 345_000],
      ["a fraction of seconds", { header: "X-Reset", as: "seconds left" }, { "x-reset": "2.5" }, 2_500],
      ["unix seconds", { header: "X-Reset", as: "unix seconds" }, { "x-reset": epoch }, 90_000],
      [
        "unix seconds of a clock that is wrong",
        { header: "X-Reset", as: "unix seconds" },
        { "x-reset": epoch, date: "Wed, 01 May 2024 12:01:00 GMT" },
        30_000,
      ],
      ["unix seconds that are past", { header: "X-Reset", as: "unix seconds" }, { "x-reset": "1000" }, 1_000],
      [
        "unix seconds, said to be seconds left",
        { header: "X-Reset", as: "seconds left" },
        { "x-reset": epoch },
        undefined,
      ],
      ["nonsense", { header: "X-Reset", as: "seconds left" }, { "x-reset": "later" }, undefined],
      ["nothing, but Retry-After does", { header: "X-Reset", as: "seconds left" }, { "retry-after": "7" }, 7_000],
    ] as const) {
      it(`as a rule's header says: ${what}`, async () => {
        const found = await verdict(400, "", { headers, rules: [when({ status: 400 }).limited(reset)] });
        assert.equal(found.kind === "limited" ? found.wait : found.kind, wait);
      });

      it(`as the budget's header says: ${what}`, async () => {
        const found = await verdict(429, "", { headers, source: { budgetHeaders: { remaining: "X-Left", reset } } });
        assert.equal(found.kind === "limited" ? found.wait : found.kind, wait);
      });
    }
  });

  describe("with rules", () => {
    const said = 'api.example answered 404: "[7]"';
    for (const [rule, expected] of [
      [when({ status: 404 }).skipPartition(), { kind: "skipPartition", message: said }],
      [when({ status: 404 }).skipPartition("not listed"), { kind: "skipPartition", message: `${said}; not listed` }],
      [when({ status: 404 }).endPartition(), { kind: "endPartition", message: said }],
      [when({ status: 404 }).splitWindow(), { kind: "splitWindow" }],
      [when({ status: 404 }).restartWindow(), { kind: "restartWindow" }],
      [when({ status: 404 }).empty(), { kind: "empty" }],
      [when({ status: 404 }).refreshAuth(), { kind: "refreshAuth", problem: said }],
      [when({ status: 404 }).retry(), { kind: "retry", problem: said, wait: 7_000 }],
      [when({ status: 404 }).retry("it does that"), { kind: "retry", problem: `${said}; it does that`, wait: 7_000 }],
      [when({ status: 404 }).limited(), { kind: "limited", wait: 7_000, problem: said }],
      [when({ status: 404 }).fail(), fail(said)],
      [when({ status: 404 }).fail("buy more"), fail(`${said}; buy more`)],
      [when({ status: 404 }).fail("buy more", "dataset"), fail(`${said}; buy more`, true, false)],
    ] as const)
      it(`does as told: ${JSON.stringify(rule.action)}`, async () => {
        const given = { headers: { "retry-after": "7" }, rules: [rule] };
        assert.deepEqual(await verdict(404, "[7]", given), expected);
        assert.deepEqual(await verdict(405, "[7]", given), fail('api.example answered 405: "[7]"'));
      });

    it("reads what it is told to be data", async () => {
      assert.equal(rowsOf(await verdict(404, "[[7]]", { rules: [when({ status: 404 }).ok()] })), 1);
    });

    it("takes the first that fits in all it says", async () => {
      const rules = [
        when({ status: 400, body: /exceeds 300/ }).splitWindow(),
        when({ body: /exceeds/ }).empty(),
        when({ status: [400, 410] }).skipPartition(),
        when({}).fail("last"),
      ];
      assert.equal((await verdict(400, "exceeds 300", { rules })).kind, "splitWindow");
      assert.equal((await verdict(200, "exceeds 200", { rules })).kind, "empty");
      assert.equal((await verdict(400, "else", { rules })).kind, "skipPartition");
      assert.equal((await verdict(410, "else", { rules })).kind, "skipPartition");
      assert.equal((await verdict(200, "[]", { rules })).kind, "fail");
    });

    it("sees an error in a body that says 200, packed or not", async () => {
      const rules = [when({ status: 200, body: /"Note"/ }).limited()];
      for (const body of ['{"Note":"slow down"}', gzipSync('{"Note":"slow down"}')])
        assert.equal((await verdict(200, body, { rules })).kind, "limited");
    });

    it("looks at headers, by any case of their names, and at the parsed body", async () => {
      const rules = [
        when({ headers: { "X-Error": /quota/ } }).limited(),
        when({
          json: (body) => !Array.isArray(body) && typeof body === "object" && body?.code === "QESx06",
        }).restartWindow(),
      ];
      assert.equal((await verdict(400, "[]", { rules, headers: { "x-error": "no quota" } })).kind, "limited");
      assert.equal((await verdict(400, "[]", { rules, headers: { "x-error": "else" } })).kind, "fail");
      assert.equal((await verdict(400, '{"code":"QESx06"}', { rules })).kind, "restartWindow");
      assert.equal((await verdict(400, '{"code":"QESx07"}', { rules })).kind, "fail");
      assert.equal((await verdict(400, "QESx06", { rules })).kind, "fail");
    });

    it("looks into the parsed body only where all else fits", async () => {
      const rules = [
        when({
          status: 400,
          json: () => {
            throw new Error("looked");
          },
        }).empty(),
      ];
      assert.equal(rowsOf(await verdict(200, "[]", { rules })), 0);
      await assert.rejects(verdict(400, "[]", { rules }), /looked/);
    });

    it("sees the same every time, also with a pattern that remembers where it was", async () => {
      const rules = [when({ body: /exceeds/g }).empty()];
      for (let i = 0; i < 3; i += 1) assert.equal((await verdict(400, "exceeds", { rules })).kind, "empty");
    });
  });

  describe("on an answer of GraphQL", () => {
    const graphql = { graphql: true, source: { format: jsonBody({ rows: "data.posts" }) } };
    const errors = [{ message: "no such topic" }, { message: "too complex" }];

    it("is data without errors", async () => {
      assert.equal(rowsOf(await verdict(200, '{"data":{"posts":[{"id":1}]}}', graphql)), 1);
      assert.equal(rowsOf(await verdict(200, '{"data":{"posts":[{"id":1}]},"errors":[]}', graphql)), 1);
    });

    it("fails with errors, though it says 200 and has data", async () => {
      for (const data of [null, { posts: [{ id: 1 }] }])
        assert.deepEqual(
          await verdict(200, JSON.stringify({ data, errors }), graphql),
          fail('api.example answered 200 with errors: "no such topic; too complex"'),
        );
    });

    it("shows errors that are no objects of the specification", async () => {
      const found = await verdict(200, '{"data":null,"errors":[{"error":"invalid_oauth_token"},"x"]}', graphql);
      assert.match("problem" in found ? found.problem : "", /invalid_oauth_token.*x/);
    });

    it("is HTTP's where the status says more, and a rule's where there is one", async () => {
      const body = JSON.stringify({ errors });
      assert.equal((await verdict(429, body, graphql)).kind, "limited");
      assert.equal((await verdict(503, body, graphql)).kind, "retry");
      const rules = [when({ status: 200, body: /too complex/ }).splitWindow()];
      assert.equal((await verdict(200, body, { ...graphql, rules })).kind, "splitWindow");
    });

    it("has errors as a field like any other when it was not GraphQL that was asked", async () => {
      const body = JSON.stringify({ data: { posts: [] }, errors });
      assert.equal(rowsOf(await verdict(200, body, { ...graphql, graphql: false })), 0);
    });
  });
});
