import assert from "node:assert/strict";
import { type ResponseRule, when } from "../../runtime/dataset/source.ts";
import { judge } from "../../runtime/extract/verdict.ts";

const NOW = Date.parse("2024-05-01T12:00:00Z");

const answer = (status: number, body = "[]", headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers,
  body: new TextEncoder().encode(body),
});

const verdict = (
  status: number,
  body?: string,
  headers?: Readonly<Record<string, string>>,
  rules: ResponseRule[] = [],
) => judge(answer(status, body, headers), rules, NOW);

describe("the verdict on an answer", () => {
  it("without rules is HTTP's", () => {
    assert.deepEqual(verdict(200, "[[1],[2]]"), { kind: "data", rows: 2 });
    assert.deepEqual(verdict(200, "[]"), { kind: "data", rows: 0 });
    assert.deepEqual(verdict(503, "<h1>busy</h1>"), { kind: "retry", problem: 'answered 503: "<h1>busy</h1>"' });
    assert.deepEqual(verdict(502, ""), { kind: "retry", problem: 'answered 502: ""' });
    assert.deepEqual(verdict(408, "slow"), { kind: "retry", problem: 'answered 408: "slow"' });
    assert.deepEqual(verdict(400, "no"), { kind: "fail", problem: 'answered 400: "no"', all: false });
    assert.deepEqual(verdict(404, "no"), { kind: "fail", problem: 'answered 404: "no"', all: false });
    for (const status of [401, 403])
      assert.deepEqual(verdict(status, "no"), { kind: "fail", problem: `answered ${status}: "no"`, all: true });
  });

  for (const status of [301, 302, 303, 307, 308])
    it(`fails the partition for a redirect with ${status}, which would carry the token elsewhere`, () => {
      assert.deepEqual(verdict(status, "", { location: "https://elsewhere.example" }), {
        kind: "fail",
        problem: `answered ${status}: ""`,
        all: false,
      });
    });

  it("tries again where a body is broken, and fails where it is whole but no list", () => {
    for (const body of ["", "[[1],[2", "<html>Sorry</html>"]) {
      const found = verdict(200, body);
      assert.equal(found.kind, "retry", body);
      assert.match("problem" in found ? found.problem : "", /^answered 200, but the body is no JSON/);
    }
    assert.equal(verdict(204, "").kind, "retry");
    assert.deepEqual(verdict(200, '{"Information":"limit of 25 requests"}'), {
      kind: "fail",
      problem: 'answered 200, but the body is no list of rows but {"Information":"limit of 25 requests"}',
      all: false,
    });
  });

  describe("of too many requests waits", () => {
    for (const [what, value, wait] of [
      ["as many seconds as it says", "120", 120_000],
      ["until the date it says", "Wed, 01 May 2024 12:00:30 GMT", 30_000],
      ["a time of the caller's choice when it says nothing", undefined, undefined],
      ["a second when it says none", "0", 1_000],
      ["a second when the date is past", "Wed, 01 May 2024 11:00:00 GMT", 1_000],
      ["a time of the caller's choice when it says nonsense", "soon", undefined],
      ["as long as it says, however long", "86400", 86_400_000],
    ] as const)
      it(what, () => {
        const headers = value === undefined ? {} : { "retry-after": value };
        assert.deepEqual(verdict(429, "", headers), { kind: "limited", wait });
      });
  });

  describe("with rules", () => {
    for (const [rule, expected] of [
      [when({ status: 404 }).skipPartition(), { kind: "skipPartition" }],
      [when({ status: 404 }).splitWindow(), { kind: "splitWindow" }],
      [when({ status: 404 }).empty(), { kind: "empty" }],
      [when({ status: 404 }).retry(), { kind: "retry", problem: 'answered 404: "[7]"' }],
      [when({ status: 404 }).limited(), { kind: "limited", wait: 7_000 }],
      [when({ status: 404 }).ok(), { kind: "data", rows: 1 }],
      [when({ status: 404 }).fail(), { kind: "fail", problem: 'answered 404: "[7]"', all: false }],
      [when({ status: 404 }).fail("buy more"), { kind: "fail", problem: "buy more", all: false }],
    ] as const)
      it(`does as told: ${JSON.stringify(rule.action)}`, () => {
        assert.deepEqual(verdict(404, "[7]", { "retry-after": "7" }, [rule]), expected);
        assert.deepEqual(verdict(405, "[7]", {}, [rule]), { kind: "fail", problem: 'answered 405: "[7]"', all: false });
      });

    it("takes the first that fits in all it says", () => {
      const rules = [
        when({ status: 400, body: /exceeds 300/ }).splitWindow(),
        when({ body: /exceeds/ }).empty(),
        when({ status: 400 }).skipPartition(),
        when({}).fail("last"),
      ];
      assert.deepEqual(verdict(400, "exceeds 300", {}, rules), { kind: "splitWindow" });
      assert.deepEqual(verdict(200, "exceeds 200", {}, rules), { kind: "empty" });
      assert.deepEqual(verdict(400, "else", {}, rules), { kind: "skipPartition" });
      assert.deepEqual(verdict(200, "[]", {}, rules), { kind: "fail", problem: "last", all: false });
    });

    it("sees an error in a body that says 200", () => {
      const rules = [when({ status: 200, body: /"Note"/ }).limited()];
      assert.deepEqual(verdict(200, '{"Note":"slow down"}', {}, rules), { kind: "limited", wait: undefined });
    });

    it("sees the same every time, also with a pattern that remembers where it was", () => {
      const rules = [when({ body: /exceeds/g }).empty()];
      for (let i = 0; i < 3; i += 1) assert.deepEqual(verdict(400, "exceeds", {}, rules), { kind: "empty" });
    });
  });
});
