import { type LookupAddress, lookup as systemLookup } from "node:dns";
import { type Agent, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { LookupFunction } from "node:net";
import { isReachable, type Reach } from "./addresses.ts";

/** Finds all addresses of a name. */
export type Lookup = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export const ADDRESS_REFUSED = "ADDRESS_REFUSED";

/** More than are ever under way at once, so that no request waits for a socket. */
const SOCKETS = 128;

export interface Agents {
  of(url: URL): Agent;
  /** Ends the connections that are kept for later. */
  close(): void;
}

/**
 * Connections that are kept, and that are made to allowed addresses only: it is the resolved address that is judged, at the
 * moment of the connection, so that no name can stand for one address when it is judged and for another when it is used.
 */
export function createAgents(reach: Reach, lookup: Lookup = systemLookup): Agents {
  const options = { keepAlive: true, maxSockets: SOCKETS, lookup: guarded(reach, lookup) };
  const [http, https] = [new HttpAgent(options), new HttpsAgent(options)];
  return {
    of: ({ protocol }) => (protocol === "https:" ? https : http),
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

const guarded =
  (reach: Reach, lookup: Lookup): LookupFunction =>
  (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const refused = error ? undefined : found.find(({ address }) => !isReachable(address, reach));
      const [first] = found ?? [];
      if (error || !first) callback(error ?? new Error(`${hostname} has no address`), []);
      else if (refused) callback(addressRefused(hostname, refused.address), []);
      else if (options.all) callback(null, found);
      else callback(null, first.address, first.family);
    });

const addressRefused = (hostname: string, address: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${hostname} is at ${address}, which is no public address`), { code: ADDRESS_REFUSED });
