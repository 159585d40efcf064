import type { Dataset } from "../dataset/definition.ts";
import { UserError } from "../dataset/errors.ts";
import { readJson, writeJson } from "../store/documents.ts";
import type { Store } from "../store/store.ts";

/** Whether records come from the sources themselves or from replay servers. */
export type Origin = "live" | "replay";

const ORIGINS = "origins.json";

/**
 * Notes where the records of each dataset come from, and keeps recorded and synthetic ones apart from the source's own.
 * @throws UserError when the folder holds records of the other origin
 */
export async function claimOrigin(store: Store, datasets: readonly Dataset[], origin: Origin): Promise<void> {
  const known = (await readJson<Record<string, Origin>>(store, ORIGINS))?.value ?? {};
  const mixed = datasets.filter(({ name }) => known[name] !== undefined && known[name] !== origin);
  if (mixed.length)
    throw new UserError(
      `${store.location} holds ${origin === "live" ? "replayed" : "live"} records, which must not be mixed with ${origin} ones:`,
      mixed.map(({ name }) => ({
        path: name,
        problem: `was filled from ${known[name]}`,
        fix: "choose another folder with --data <folder>",
      })),
    );
  const claimed = { ...known, ...Object.fromEntries(datasets.map(({ name }) => [name, origin])) };
  if (JSON.stringify(claimed) !== JSON.stringify(known)) await writeJson(store, ORIGINS, claimed);
}
