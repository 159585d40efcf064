import assert from "node:assert/strict";
import fc from "fast-check";
import { isReachable } from "../../runtime/extract/addresses.ts";
import type { Lookup } from "../../runtime/extract/agents.ts";
import { NoAnswer, Refused } from "../../runtime/extract/failure.ts";
import { clientOf, ok, startServer } from "../support/http.ts";

const PUBLIC = { loopback: false, privateNetwork: false };
const PRIVATE = { loopback: false, privateNetwork: true };
const HERE = { loopback: true, privateNetwork: false };

const LOOPBACK = ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"];
const OWN_NETWORK = ["10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd12::1", "::ffff:10.0.0.1"];
const NEVER = [
  "169.254.169.254",
  "169.254.170.2",
  "fe80::1",
  "fd00:ec2::254",
  "100.100.100.200",
  "::ffff:169.254.169.254",
  "64:ff9b::a9fe:a9fe",
  "0.0.0.0",
  "::",
  "255.255.255.255",
  "224.0.0.1",
  "ff02::1",
  "240.0.0.1",
  "192.0.2.1",
  "2002:7f00:1::",
];

/** A name server that says this. */
const saying =
  (...addresses: string[]): Lookup =>
  (_name, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );

describe("an address", () => {
  it("is reached when it is public", () => {
    for (const address of ["8.8.8.8", "52.95.110.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
      for (const reach of [PUBLIC, PRIVATE, HERE]) assert.equal(isReachable(address, reach), true, address);
  });

  it("on this machine is reached by a source on this machine only", () => {
    for (const address of LOOPBACK)
      assert.deepEqual(
        [PUBLIC, PRIVATE, HERE].map((reach) => isReachable(address, reach)),
        [false, false, true],
        address,
      );
  });

  it("of a private network is reached by a source that may", () => {
    for (const address of OWN_NETWORK)
      assert.deepEqual(
        [PUBLIC, PRIVATE, HERE].map((reach) => isReachable(address, reach)),
        [false, true, false],
        address,
      );
  });

  it("that tells a machine its credentials, or is none of one machine, is never reached", () => {
    for (const address of NEVER)
      for (const reach of [PUBLIC, PRIVATE, HERE]) assert.equal(isReachable(address, reach), false, address);
  });

  it("is judged the same when an IPv6 address wraps it", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom(PUBLIC, PRIVATE, HERE), (address, reach) => {
        assert.equal(isReachable(`::ffff:${address}`, reach), isReachable(address, reach));
      }),
    );
  });
});

describe("a source", () => {
  for (const [what, address] of [
    ["private", "10.0.0.8"],
    ["loopback", "127.0.0.1"],
    ["metadata", "169.254.169.254"],
  ] as const)
    it(`whose name stands for a ${what} address is refused when the connection is made`, async () => {
      using client = clientOf("https://api.example", {}, { lookup: saying("8.8.8.8", address) });
      await assert.rejects(client.ask(), (error: unknown) => {
        assert(error instanceof Refused);
        assert.equal(error.message, `api.example is at ${address}, which is no public address`);
        assert.equal(error.all, true);
        assert.equal(error.fix, "set privateNetwork: true in the source when it is meant to be there");
        return true;
      });
    });

  it("may be on a private network when it says so, but never where a machine is told its credentials", async () => {
    const of = (address: string) =>
      clientOf("https://api.example", { privateNetwork: true }, { lookup: saying(address), idleTimeout: 50 });
    using allowed = of("10.255.255.1");
    await assert.rejects(allowed.ask(), NoAnswer);
    using metadata = of("169.254.169.254");
    await assert.rejects(metadata.ask(), Refused);
  });

  // Every spelling of an address that a URL may have: the decimal, octal and hexadecimal ones, short ones, wrapped ones.
  for (const host of [
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "0",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[fd00:ec2::254]",
    "10.0.0.1",
  ])
    it(`cannot lead to ${host}, even if its definition says so`, async () => {
      using client = clientOf("https://api.example", { hosts: [new URL(`https://${host}`).host] });
      const base = { method: "GET", url: "https://api.example/", headers: {}, cost: 1 } as const;
      const request = { ...base, shown: base };
      assert.throws(() => client.client.follow(`https://${host}/x`, request), /no public address/);
    });

  it("on this machine reaches other ports of it only when they are among its hosts", async () => {
    await using other = await startServer(ok("[2]"));
    await using server = await startServer((_got, response) => response.writeHead(302, { location: other.url }).end());
    using strict = clientOf(server.url);
    await assert.rejects(strict.ask(), /none of its hosts/);
    using allowed = clientOf(server.url, { hosts: [other.host] });
    assert.equal((await allowed.ask()).answer.status, 200);
  });

  it("that is not on this machine cannot lead there", async () => {
    using client = clientOf(
      "https://api.example",
      { hosts: ["localhost:8080", "internal.example"] },
      { lookup: saying("127.0.0.1") },
    );
    const base = { method: "GET", url: "https://api.example/", headers: {}, cost: 1 } as const;
    const request = { ...base, shown: base };
    assert.throws(() => client.client.follow("http://localhost:8080/", request), /not asked without https/);
    await assert.rejects(
      client.client.send(client.client.follow("https://internal.example/", request), new AbortController().signal),
      Refused,
    );
  });
});
