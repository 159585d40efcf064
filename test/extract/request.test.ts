import assert from "node:assert/strict";
import fc from "fast-check";
import { csvBody, textBody } from "../../runtime/dataset/format.ts";
import { Moment } from "../../runtime/dataset/moment.ts";
import type { RequestParts } from "../../runtime/dataset/source.ts";
import { Refused } from "../../runtime/extract/failure.ts";
import { buildRequest } from "../../runtime/extract/request.ts";
import { sourceOf } from "../support/source.ts";

const build = (parts: Partial<RequestParts>, url = "https://a.example/v1") =>
  buildRequest(sourceOf(url), { path: [], ...parts });

describe("a request", () => {
  it("is a GET below the source's url, with nothing that says who asks", () => {
    assert.deepEqual(build({ path: ["stocks", 7] }), {
      method: "GET",
      url: "https://a.example/v1/stocks/7",
      headers: { accept: "application/json", "accept-encoding": "gzip", "user-agent": "tidegate/0.1" },
      cost: 1,
      shown: {
        url: "https://a.example/v1/stocks/7",
        headers: { accept: "application/json", "accept-encoding": "gzip", "user-agent": "tidegate/0.1" },
      },
    });
  });

  it("goes to the url itself, with its slash or without, when there is no path", () => {
    assert.equal(build({}, "https://a.example/graphql").url, "https://a.example/graphql");
    assert.equal(build({}, "https://a.example/graphql/").url, "https://a.example/graphql/");
    assert.equal(build({ path: ["x"] }, "https://a.example/graphql/").url, "https://a.example/graphql/x");
  });

  it("keeps every part of a path whole, whatever is in it", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme", minLength: 1 }), { minLength: 1 }), (path) => {
        fc.pre(path.every((part) => part !== "." && part !== ".."));
        const { pathname, search, hash } = new URL(build({ path }).url);
        assert.deepEqual(pathname.split("/").slice(2).map(decodeURIComponent), path);
        assert.equal(search + hash, "");
      }),
    );
  });

  for (const part of [".", ".."])
    it(`cannot have a path with ${part}, which would name another place`, () => {
      assert.throws(() => build({ path: ["stocks", part] }), Refused);
    });

  it("encodes the values of the query, writes moments out, and leaves out what is undefined", () => {
    const query = { from: new Moment(0), q: "a&b=c d+e", n: 300, on: true, off: undefined };
    const { searchParams } = new URL(build({ query }).url);
    assert.deepEqual(Object.fromEntries(searchParams), {
      from: "1970-01-01T00:00:00Z",
      q: "a&b=c d+e",
      n: "300",
      on: "true",
    });
  });

  it("is a POST when it has a body, which says what it is", () => {
    const cases: readonly (readonly [NonNullable<RequestParts["body"]>, string, string])[] = [
      [{ json: { a: [1, "x"] } }, "application/json", '{"a":[1,"x"]}'],
      [{ form: { a: "1 2", b: "&" } }, "application/x-www-form-urlencoded", "a=1+2&b=%26"],
      [
        { graphql: "query { x }", variables: { since: new Moment(0), after: undefined, first: 20 } },
        "application/json",
        '{"query":"query { x }","variables":{"since":"1970-01-01T00:00:00Z","first":20}}',
      ],
      [{ graphql: "{ x }" }, "application/json", '{"query":"{ x }","variables":{}}'],
    ];
    for (const [given, type, text] of cases) {
      const { method, headers, body, shown } = build({ body: given });
      assert.deepEqual([method, headers["content-type"], body], ["POST", type, text]);
      assert.equal(shown.body, text);
    }
  });

  it("is of the method that the definition says", () => {
    assert.equal(build({ method: "POST" }).method, "POST");
    assert.throws(() => build({ method: "GET", body: { json: 1 } }), /cannot be sent a body with GET/);
  });

  it("takes the definition's headers over its own, in whatever case they are written", () => {
    const { headers } = build({ headers: { Accept: "text/csv", "X-Version": "2" } });
    assert.equal(headers.accept, "text/csv");
    assert.equal(headers["x-version"], "2");
    assert.equal(Object.keys(headers).filter((name) => name.toLowerCase() === "accept").length, 1);
  });

  it("accepts the format that is read", () => {
    const accept = (format: ReturnType<typeof csvBody>) =>
      buildRequest(sourceOf("https://a.example", { format }), { path: [] }).headers.accept;
    assert.match(accept(csvBody()) ?? "", /^text\/csv/);
    assert.equal(accept(textBody(() => [])), "*/*");
  });

  it("costs what the definition says", () => {
    assert.equal(build({ cost: 120 }).cost, 120);
  });
});
