import { DamagedRecords, inMemory, RecordsReader, withRecords } from "./records.ts";
import type { Store } from "./store.ts";

/** A partition's file of records as it was found, or what is wrong with it. */
export interface StoredRecords {
  readonly records: RecordsReader | DamagedRecords;
  readonly etag: () => string;
}

/** The records, where nothing is wrong with them. @throws DamagedRecords */
export function sound({ records }: StoredRecords): RecordsReader {
  if (records instanceof DamagedRecords) throw records;
  return records;
}

/** Of a larger file only what is asked for is read. */
const HELD = 8 * 1024 * 1024;

/**
 * Opens a file of records for as long as it is used.
 * @param held bytes of a file that is read into memory
 */
export async function withStored<T>(
  store: Store,
  key: string,
  use: (stored: StoredRecords | undefined) => Promise<T>,
  held = HELD,
): Promise<T> {
  const size = await store.size(key);
  if (size === undefined) return use(undefined);
  if (size > held)
    return store.withFile(key, async (path, etagOf) => {
      const etag = await etagOf();
      return opened(
        (open) => withRecords(path, open),
        (records) => use({ records, etag: () => etag }),
      );
    });
  const object = await store.get(key);
  if (!object) return use(undefined);
  return opened(
    async (open) => open(await RecordsReader.open(inMemory(object.body))),
    (records) => use({ records, etag: () => object.etag }),
  );
}

/** Tells a file that cannot be opened from a failure of whoever uses it. */
async function opened<T>(
  open: (use: (records: RecordsReader) => Promise<T>) => Promise<T>,
  use: (records: RecordsReader | DamagedRecords) => Promise<T>,
): Promise<T> {
  let isOpen = false;
  try {
    return await open((records) => {
      isOpen = true;
      return use(records);
    });
  } catch (error) {
    if (isOpen || !(error instanceof DamagedRecords)) throw error;
    return use(error);
  }
}
