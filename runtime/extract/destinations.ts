import { isIP } from "node:net";
import type { ResolvedSource } from "../dataset/source.ts";
import { isReachable, type Reach } from "./addresses.ts";
import { Refused } from "./failure.ts";

/** How to allow what is refused here. */
export const PRIVATE_FIX = "set privateNetwork: true in the source when it is meant to be there";

/** Where requests of a source may go: its own origin, and its `hosts`. */
export class Destinations {
  readonly reach: Reach;
  readonly #own: URL;
  readonly #hosts: readonly string[];

  constructor({ url, hosts, privateNetwork }: Pick<ResolvedSource, "url" | "hosts" | "privateNetwork">) {
    this.#own = new URL(url);
    this.#hosts = hosts;
    this.reach = { loopback: isLoopback(this.#own), privateNetwork };
  }

  /** Whether it may be told who asks. */
  isOwn(url: URL): boolean {
    return url.origin === this.#own.origin;
  }

  /** @throws Refused when nothing may be sent there; of a name only what can be told before it is resolved */
  check(url: URL): void {
    const led = this.isOwn(url) ? url.host : `${this.#own.host} leads to ${url.protocol}//${url.host}, which`;
    if (!this.isOwn(url) && !this.#hosts.includes(url.host))
      throw new Refused(`${led} is none of its hosts`, {
        fix: `write hosts: ${JSON.stringify([...this.#hosts, url.host])} in the source if it is to be trusted`,
      });
    if (url.username || url.password) throw new Refused(`${led} has a user's name in its URL`);
    if (url.protocol !== "https:" && !(this.reach.loopback && url.protocol === "http:" && isLoopback(url)))
      throw new Refused(`${led} is not asked without https`);
    const literal = url.hostname.replace(/^\[|\]$/g, "");
    if (isIP(literal) && !isReachable(literal, this.reach))
      throw new Refused(`${led} is no public address`, { all: this.isOwn(url), fix: PRIVATE_FIX });
  }
}

/** A URL's parser has brought every spelling of an IPv4 address into this one. https://url.spec.whatwg.org/#concept-ipv4-parser */
const isLoopback = ({ hostname }: URL): boolean => ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
