import assert from "node:assert/strict";
import { DAY } from "../../runtime/dataset/duration.ts";
import { Moment } from "../../runtime/dataset/moment.ts";
import { writeJson } from "../../runtime/store/documents.ts";
import type { Exchange } from "../../runtime/store/exchange.ts";
import { recoverJournal } from "../../runtime/store/journal.ts";
import { exchangeKey, rawName } from "../../runtime/store/layout.ts";
import { LEASE, type PartitionState } from "../../runtime/store/state.ts";
import { MemoryStore } from "../support/memory-store.ts";

const NOW = Date.UTC(2024, 5, 1);
const days = (from: number, to: number) => ({ start: from * DAY, end: to * DAY });
const spell = (day: number): string => new Moment(day * DAY).toString();

async function record(store: MemoryStore, sequence: number, changes: Partial<Exchange> = {}, at = NOW): Promise<void> {
  const exchange: Partial<Exchange> = {
    ...{ version: 1, dataset: "d", partition: "A" },
    window: { start: spell(sequence), end: spell(sequence + 1) },
    lease: { token: 7, sequence },
    ...changes,
  };
  await writeJson(store, exchangeKey("d", "A", rawName(new Date(at), `${sequence}`.padStart(16, "0"))), exchange);
}

/** As a holder left it that knew two of its exchanges when it wrote it last. */
const state: PartitionState = {
  coverage: [days(0, 3)],
  again: [],
  lease: { token: 7, held: { holder: "h/1/x", expiresAt: NOW + LEASE, sequence: 2 } },
};

describe("what a holder that died had fetched", () => {
  it("is what its exchanges say that came after its state, in their order", async () => {
    const store = new MemoryStore();
    await record(store, 4, { page: { number: 2, last: false, next: { offset: 9, token: "t" } } });
    await record(store, 3);
    const found = await recoverJournal(store, "d", "A", state);
    assert.deepEqual(found.coverage, [days(0, 4)]);
    assert.deepEqual(found.page, { window: days(4, 5), number: 3, offset: 9, token: "t" });
  });

  it("is nothing of what its state knows, and nothing that others fetched", async () => {
    const store = new MemoryStore();
    await record(store, 1, { restates: spell(9) });
    await record(store, 2, { restates: spell(9) });
    await record(store, 3, { lease: { token: 6, sequence: 3 } });
    await record(store, 5, { lease: { token: 8, sequence: 5 } });
    assert.deepEqual(await recoverJournal(store, "d", "A", state), state);
  });

  it("is also that a history has changed", async () => {
    const store = new MemoryStore();
    await record(store, 3, { restates: spell(9) });
    const found = await recoverJournal(store, "d", "A", state);
    assert.deepEqual([found.coverage, found.again, found.asOf], [[days(3, 4)], [days(0, 3)], 9 * DAY]);
  });

  it("is looked for among the exchanges of its last minutes only", async () => {
    const store = new MemoryStore();
    for (let i = 0; i < 50; i++) await record(store, i, {}, NOW - 3_600_000);
    store.gets.length = 0;
    assert.deepEqual(await recoverJournal(store, "d", "A", state), state);
    assert.deepEqual(store.gets, []);
  });
});
