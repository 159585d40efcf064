import { messageOf } from "../dataset/errors.ts";
import { ConditionFailed, type Content, type Store, type WriteOptions } from "./store.ts";

/**
 * A JSON document with the etag it was read at; undefined when it does not exist.
 * @throws when it is no JSON, with its name
 */
export async function readJson<T>(store: Store, key: string): Promise<{ value: T; etag: string } | undefined> {
  const object = await store.get(key);
  return (
    object && {
      value: parse(object.body, `${store.location}/${key}`) as T,
      // A folder computes it, which most readers can do without.
      get etag() {
        return object.etag;
      },
    }
  );
}

function parse(body: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    throw new Error(`${name} is damaged: it is no JSON (${messageOf(error)})`, { cause: error });
  }
}

/** JSON text as it is stored: indented, with a final newline, so that a person and a diff can read it. */
export const jsonBytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);

export const writeJson = (store: Store, key: string, value: unknown): Promise<string> =>
  store.put(key, jsonBytes(value), { contentType: "application/json" });

/** Writes an object that never changes: one that is there already is left alone. */
export async function putOnce(store: Store, key: string, body: Content, options: WriteOptions = {}): Promise<void> {
  try {
    await store.put(key, body, { ...options, condition: { absent: true } });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}

/**
 * Reads, changes and writes a document by compare-and-swap, again from the start when somebody else was first.
 * @param compact without indentation, for a document that is large
 * @param change gets undefined when there is no document yet; it may be called several times
 */
export async function updateJson<T>(
  store: Store,
  key: string,
  change: (now: T | undefined) => T,
  { compact = false }: { readonly compact?: boolean } = {},
): Promise<T> {
  for (;;) {
    const now = await readJson<T>(store, key);
    const next = change(now?.value);
    try {
      await store.put(key, compact ? new TextEncoder().encode(JSON.stringify(next)) : jsonBytes(next), {
        condition: now ? { etag: now.etag } : { absent: true },
        contentType: "application/json",
      });
      return next;
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  }
}
