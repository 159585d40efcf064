/**
 * Writes test/fixtures/urns-<stack>.json anew: `node test/support/renew-urns.ts`. Do so only for a change that was meant: for the
 * engine a resource with another URN is another resource, and it replaces the one that was there, unless it has an alias.
 */
import { writeFile } from "node:fs/promises";
import { STACKS, snapshotOf, stackRecording } from "./stacks.ts";

for (const stack of STACKS) {
  const snapshot = snapshotOf(await stackRecording(stack));
  await writeFile(new URL(`../fixtures/urns-${stack}.json`, import.meta.url), `${JSON.stringify(snapshot, null, 2)}\n`);
}
