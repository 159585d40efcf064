import assert from "node:assert/strict";
import { parseDatabase, parseWarehouse } from "../../runtime/load/address.ts";

const ROLE = "arn:aws:iam::123456789012:role/tidegate-dev-copy";
const problemOf = (parsed: object): string | undefined => (parsed as { fault?: { problem: string } }).fault?.problem;

describe("the address of a warehouse", () => {
  it("is that of a serverless workgroup or of a cluster", () => {
    assert.deepEqual(parseWarehouse(`redshift-serverless://tidegate-dev/market?copyRole=${ROLE}`), {
      address: { kind: "workgroup", name: "tidegate-dev", database: "market", copyRole: ROLE },
    });
    assert.deepEqual(parseWarehouse(`redshift://tidegate-dev/market?copyRole=${encodeURIComponent(ROLE)}`), {
      address: { kind: "cluster", name: "tidegate-dev", database: "market", copyRole: ROLE },
    });
  });

  it("means the namespace's own role when it names none", () => {
    assert.deepEqual(parseWarehouse("redshift-serverless://w/d"), {
      address: { kind: "workgroup", name: "w", database: "d", copyRole: "default" },
    });
  });

  it("is refused when it is none", () => {
    for (const text of ["", "w/d", "https://w/d", "redshift://w", "redshift://w/", "redshift://w/a/b", "redshift:///d"])
      assert.equal(problemOf(parseWarehouse(text)), "is no address of a Redshift", text);
    assert.equal(problemOf(parseWarehouse("redshift://w/d?copyRole=x'y")), "its copyRole is no ARN of a role");
  });
});

describe("the address of a database", () => {
  it("is that of a Postgres, on port 5432 unless it says otherwise", () => {
    assert.deepEqual(parseDatabase("postgres://tide%20gate@db.example.org:6543/market"), {
      address: { host: "db.example.org", port: 6543, user: "tide gate", database: "market" },
    });
    assert.deepEqual(parseDatabase("postgresql://t@db/market"), {
      address: { host: "db", port: 5432, user: "t", database: "market" },
    });
  });

  it("is refused when it is none", () => {
    for (const text of ["", "db", "mysql://t@db/m", "postgres://db/m", "postgres://t@db", "postgres://t@db/a/b"])
      assert.match(problemOf(parseDatabase(text)) ?? "", /^is no address of a Postgres/, text);
  });

  it("is refused with a password, which is not shown", () => {
    const parsed = parseDatabase("postgres://t:hunter2@db/market");
    assert.equal(problemOf(parsed), "carries a password");
    assert.doesNotMatch(JSON.stringify(parsed), /hunter2/);
  });
});
