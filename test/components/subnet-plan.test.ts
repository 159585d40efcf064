import assert from "node:assert/strict";
import fc from "fast-check";
import { type AddressRange, overlap, parseRange, rangeText, sizeOf } from "../../components/address-range.ts";
import { capacityOf, MOST_ZONES, subnetPlan } from "../../components/subnet-plan.ts";

const KINDS = ["private", "public", "isolated"] as const;

const range = (cidr: string): AddressRange => {
  const parsed = parseRange(cidr);
  assert(parsed, `${cidr} is no range`);
  return parsed;
};

/** Networks of /16 to /24 anywhere. */
const networks = fc
  .record({ bits: fc.integer({ min: 16, max: 24 }), place: fc.nat(2 ** 16 - 1) })
  .map(({ bits, place }) =>
    rangeText({ first: place * 2 ** 16 + (place % 2 ** (bits - 16)) * 2 ** (32 - bits), bits }),
  );
const zoneCounts = fc.integer({ min: 1, max: MOST_ZONES });

const all = (cidr: string, zones: number): AddressRange[] => {
  const plan = subnetPlan(cidr, zones);
  return KINDS.flatMap((kind) => plan[kind].map(range));
};

describe("the plan of subnets", () => {
  it("gives each zone half of its quarter for private, a quarter each for public and isolated subnets", () => {
    assert.deepEqual(subnetPlan("10.40.0.0/16", 2), {
      private: ["10.40.0.0/19", "10.40.64.0/19"],
      public: ["10.40.32.0/20", "10.40.96.0/20"],
      isolated: ["10.40.48.0/20", "10.40.112.0/20"],
    });
  });

  it("never gives an address twice", () => {
    fc.assert(
      fc.property(networks, zoneCounts, (cidr, zones) => {
        const subnets = all(cidr, zones);
        for (const [index, one] of subnets.entries())
          for (const other of subnets.slice(index + 1)) assert(!overlap(one, other), `${cidr} with ${zones} zones`);
      }),
    );
  });

  it("stays inside the network, and with all zones uses all of it", () => {
    fc.assert(
      fc.property(networks, zoneCounts, (cidr, zones) => {
        const network = range(cidr);
        for (const { first, bits } of all(cidr, zones)) {
          assert(first >= network.first);
          assert(first + sizeOf({ first, bits }) <= network.first + sizeOf(network));
        }
        const used = all(cidr, MOST_ZONES).reduce((sum, subnet) => sum + sizeOf(subnet), 0);
        assert.equal(used, sizeOf(network));
      }),
    );
  });

  it("has room for tasks in the smallest subnet that AWS takes", () => {
    fc.assert(
      fc.property(networks, zoneCounts, (cidr, zones) => {
        const plan = subnetPlan(cidr, zones);
        for (const kind of KINDS)
          for (const subnet of plan[kind]) {
            assert(range(subnet).bits <= 28, `${subnet} is smaller than AWS takes`);
            assert(capacityOf(subnet) >= 11);
          }
      }),
    );
    assert.equal(capacityOf("10.40.0.0/19"), 8187);
    assert.equal(capacityOf("10.40.0.16/28"), 11);
    assert.equal(capacityOf("10.40.0.1/28"), 0);
  });

  it("moves no subnet when a zone is added", () => {
    fc.assert(
      fc.property(networks, fc.integer({ min: 1, max: MOST_ZONES - 1 }), (cidr, zones) => {
        for (const kind of KINDS)
          assert.deepEqual(subnetPlan(cidr, zones + 1)[kind].slice(0, zones), subnetPlan(cidr, zones)[kind]);
      }),
    );
  });

  it("is refused where there is none", () => {
    for (const [cidr, zones] of [
      ["10.40.0.0/25", 1],
      ["10.40.0.1/16", 1],
      ["10.40.0.0/16", 0],
      ["10.40.0.0/16", 5],
    ] as const)
      assert.throws(() => subnetPlan(cidr, zones), RangeError);
  });
});

describe("ranges of addresses", () => {
  it("are read and written alike", () => {
    fc.assert(fc.property(networks, (cidr) => assert.equal(rangeText(range(cidr)), cidr)));
  });

  it("are refused when they are none", () => {
    for (const text of ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "10.0.0.256/32", "10.0.0.1/31", "::/0", ""])
      assert.equal(parseRange(text), undefined, text);
    assert.deepEqual(parseRange("0.0.0.0/0"), { first: 0, bits: 0 });
  });

  it("overlap when one holds an address of the other", () => {
    const pairs: [string, string, boolean][] = [
      ["10.0.0.0/16", "10.0.255.0/24", true],
      ["10.0.255.0/24", "10.0.0.0/16", true],
      ["10.0.0.0/16", "10.1.0.0/16", false],
      ["10.1.0.0/16", "10.0.0.0/16", false],
      ["10.0.0.0/24", "10.0.0.0/24", true],
    ];
    for (const [one, other, expected] of pairs) assert.equal(overlap(range(one), range(other)), expected);
  });
});
