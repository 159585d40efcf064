import assert from "node:assert/strict";
import { FolderStore } from "../../runtime/store/folder.ts";
import {
  DamagedRecords,
  GROUP,
  type RecordColumns,
  type RecordsNote,
  type StoredRecord,
} from "../../runtime/store/records.ts";
import { ConditionFailed } from "../../runtime/store/store.ts";
import { type StoredRecords, sound, withStored } from "../../runtime/store/stored-records.ts";
import { edges, everyKind } from "../support/every-kind.ts";
import { useFolder } from "../support/folder.ts";
import { readRecords, writeRecords } from "../support/records.ts";

const { schema } = everyKind();
const KEY = "records.parquet";
const fileOf = (records: readonly StoredRecord[]): Uint8Array => {
  const note: RecordsNote = { version: 1, definition: "d", exchanges: [], rows: records.length, quarantined: 0 };
  return writeRecords(schema, records, note);
};
const file = fileOf(edges.map(({ record }) => record));

async function groupsOf(stored: StoredRecords | undefined): Promise<RecordColumns[]> {
  assert(stored);
  const groups: RecordColumns[] = [];
  for await (const group of sound(stored).groups(schema)) groups.push(group);
  return groups;
}

for (const [place, held] of [
  ["in memory", 1e9],
  ["a piece at a time", 0],
] as const)
  describe(`a stored file of records, read ${place}`, () => {
    let store: FolderStore;
    useFolder((path) => {
      store = new FolderStore(path);
    });

    const opened = async <T>(use: (stored: StoredRecords | undefined) => Promise<T>): Promise<T> =>
      withStored(store, KEY, use, held);

    it("gives all of its records, a group at a time", async () => {
      const [record] = edges.map((edge) => edge.record);
      assert(record);
      const many = Array.from({ length: GROUP + 1 }, (_, i) => ({ ...record, fetchedAt: i }));
      await store.put(KEY, fileOf(many));
      const groups = await opened(groupsOf);
      assert.deepEqual(
        groups.map(({ raw }) => raw.length),
        [GROUP, 1],
      );
      const times = groups.flatMap(({ fetchedAt }) => fetchedAt);
      assert.equal(
        times.findIndex((time, i) => time !== i),
        -1,
      );
    });

    it("gives every kind of value as it was", async () => {
      await store.put(KEY, file);
      const [group] = await opened(groupsOf);
      const records = await readRecords(schema, file);
      assert.deepEqual(
        group?.raw.map((raw, row) => ({
          ...{ raw, fetchedAt: group.fetchedAt[row] },
          values: group.values.map((column) => column[row]),
        })),
        records.map(({ raw, fetchedAt, values }) => ({ raw, fetchedAt, values })),
      );
    });

    it("says what is wrong with it", async () => {
      for (const at of [4, 40, file.length - 1]) {
        const damaged = Uint8Array.from(file, (byte, i) => (i === at ? byte ^ 1 : byte));
        await store.put(KEY, damaged);
        assert(await opened(async (stored) => stored?.records instanceof DamagedRecords));
        await assert.rejects(opened(groupsOf), DamagedRecords);
      }
    });

    it("is used once, whatever comes of that", async () => {
      await store.put(KEY, file);
      let uses = 0;
      await assert.rejects(
        opened(async () => {
          uses += 1;
          throw new DamagedRecords("of the user's own");
        }),
        /of the user's own/,
      );
      assert.equal(uses, 1);
    });

    it("is replaced only while it is what was read", async () => {
      await store.put(KEY, file);
      await opened(async (stored) => {
        assert(stored);
        await store.put(KEY, fileOf([]), { condition: { etag: stored.etag() } });
        await assert.rejects(store.put(KEY, file, { condition: { etag: stored.etag() } }), ConditionFailed);
      });
    });

    it("may not be there", async () => {
      assert.equal(await opened(async (stored) => stored), undefined);
    });
  });
