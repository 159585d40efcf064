import type { Interval } from "../dataset/interval.ts";
import type { PagePosition } from "../store/exchange.ts";
import { type Holding, LeaseLost } from "../store/lease.ts";
import type { PageInFlight, PartitionState } from "../store/state.ts";

/** Partitions that are asked for together: one, or a batch. */
export class Team {
  /** What requests are about. It may name more than the members, so that the pages of a window stay those of the same request. */
  readonly asked: readonly string[];
  #members: readonly Holding[];

  constructor(members: readonly Holding[], asked: readonly string[] = members.map(({ partition }) => partition)) {
    this.#members = members;
    this.asked = asked;
  }

  /** Those that are still held. */
  get members(): readonly Holding[] {
    return this.#members;
  }

  /** Renews the leases that need it. A member that was taken over is left to its new holder. @returns whether any is left */
  async keep(): Promise<boolean> {
    return this.#each((member) => member.keep());
  }

  /** Takes in an exchange that is durable. @param next the page after it @param restates for each partition its new `asOf`, if it has one */
  advance(
    window: Interval,
    next: (PagePosition & { readonly number: number }) | undefined,
    restates: (partition: string) => number | undefined,
  ): void {
    const batch = this.asked.length > 1 ? { batch: this.asked } : {};
    const page: PageInFlight | undefined = next && { ...next, window, ...batch };
    for (const member of this.#members) member.advance({ window, next: page, restates: restates(member.partition) });
  }

  /** The window that was begun starts anew, also after a crash. */
  async forgetPage(): Promise<void> {
    this.change(({ page: _page, ...state }) => state);
    await this.#each((member) => member.save());
  }

  change(to: (state: PartitionState) => PartitionState): void {
    for (const member of this.#members) member.change(to(member.state));
  }

  /** Two teams, each asking for its own members only. */
  halves(): Team[] {
    const middle = Math.ceil(this.#members.length / 2);
    return [this.#members.slice(0, middle), this.#members.slice(middle)]
      .filter((half) => half.length > 0)
      .map((half) => new Team(half));
  }

  async #each(write: (member: Holding) => Promise<void>): Promise<boolean> {
    const kept = await Promise.all(this.#members.map((member) => unlessLost(() => write(member))));
    if (kept.includes(false)) this.#members = this.#members.filter((_, i) => kept[i]);
    return this.#members.length > 0;
  }
}

async function unlessLost(write: () => Promise<void>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof LeaseLost) return false;
    throw error;
  }
}
