import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Clock } from "../dataset/clock.ts";
import { jsonBytes } from "./documents.ts";
import { recoverJournal } from "./journal.ts";
import { stateKey } from "./layout.ts";
import { type Advance, advance, LEASE, type Lease, type PartitionState, readState, toDocument } from "./state.ts";
import { ConditionFailed, type Store } from "./store.ts";

/** The lease has passed on: another worker has taken the partition. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";

  constructor(partition: string) {
    super(`${partition} was taken over by another run`);
  }
}

export interface Leases {
  readonly store: Store;
  readonly dataset: string;
  readonly clock: Clock;
  /** Different for every run of every process: see `newHolder`. */
  readonly holder: string;
}

/** @returns a holder's id of this process */
export const newHolder = (): string => `${hostname()}/${process.pid}/${randomBytes(6).toString("hex")}`;

export type Acquired =
  | { readonly kind: "held"; readonly holding: Holding }
  /** Nothing is to be done, so nothing was taken. */
  | { readonly kind: "idle"; readonly state: PartitionState }
  | { readonly kind: "busy"; readonly lease: Lease };

/**
 * Takes a partition, unless somebody else has it. What a holder that died had not written into the state is found in its
 * exchanges, so that nothing it fetched is asked again.
 * @param prepare gets the state as it is and gives the one to begin with, or undefined when there is nothing to do
 */
export async function acquire(
  leases: Leases,
  partition: string,
  prepare: (state: PartitionState) => PartitionState | undefined,
): Promise<Acquired> {
  const { store, dataset, clock, holder } = leases;
  for (;;) {
    const { state: found, etag } = await readState(store, dataset, partition);
    const held = found.lease?.held;
    if (found.lease && held && held.expiresAt > clock.now() && held.holder !== holder && !isGone(held.holder))
      return { kind: "busy", lease: found.lease };
    const state = held ? await recoverJournal(store, dataset, partition, found) : found;
    const begun = prepare(state);
    if (!begun && !held) return { kind: "idle", state };
    const holding = new Holding(leases, partition, begun ?? state, (found.lease?.token ?? 0) + 1, etag);
    try {
      await (begun ? holding.save() : holding.release());
    } catch (error) {
      if (error instanceof LeaseLost) continue;
      throw error;
    }
    return begun ? { kind: "held", holding } : { kind: "idle", state };
  }
}

/** A partition that this worker has. Its state is written under the lease only, by compare-and-swap. */
export class Holding {
  readonly partition: string;
  readonly token: number;
  readonly #leases: Leases;
  #state: PartitionState;
  #etag: string | undefined;
  #sequence = 0;
  #renewAt = 0;
  #lost: LeaseLost | undefined;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(leases: Leases, partition: string, state: PartitionState, token: number, etag: string | undefined) {
    this.#leases = leases;
    this.partition = partition;
    this.#state = state;
    this.token = token;
    this.#etag = etag;
  }

  get state(): PartitionState {
    return this.#state;
  }

  /** The place of the next exchange under this lease. */
  get nextSequence(): number {
    return this.#sequence + 1;
  }

  /** Takes in an exchange that is durable: from its record a successor would find it. */
  advance(step: Advance): void {
    this.#sequence += 1;
    this.#state = advance(this.#state, step);
  }

  /** A change that no exchange tells; it is written with the next `save`. */
  change(state: PartitionState): void {
    this.#state = state;
  }

  /** Renews the lease when half of it is over. @throws LeaseLost */
  async keep(): Promise<void> {
    if (this.#lost) throw this.#lost;
    if (this.#leases.clock.now() >= this.#renewAt) await this.save();
  }

  /** Writes the state, and renews the lease. @throws LeaseLost */
  save(): Promise<void> {
    const expiresAt = this.#leases.clock.now() + LEASE;
    const { holder } = this.#leases;
    this.#renewAt = expiresAt - LEASE / 2;
    return this.#write(() => ({ token: this.token, held: { holder, expiresAt, sequence: this.#sequence } }));
  }

  /** Writes the state, and gives the lease back. @throws LeaseLost */
  release(): Promise<void> {
    return this.#write(() => ({ token: this.token }));
  }

  /** One write after the other: renewal goes on beside the work. */
  #write(lease: () => Lease): Promise<void> {
    const written = this.#writing.then(() => this.#swap(lease()));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #swap(lease: Lease): Promise<void> {
    if (this.#lost) throw this.#lost;
    const { store, dataset } = this.#leases;
    const document = toDocument(dataset, this.partition, { ...this.#state, lease });
    try {
      this.#etag = await store.put(stateKey(dataset, this.partition), jsonBytes(document), {
        condition: this.#etag === undefined ? { absent: true } : { etag: this.#etag },

        contentType: "application/json",
      });
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      this.#lost = new LeaseLost(this.partition);
      throw this.#lost;
    }
  }
}

/** Whether the holder was a process of this machine that is no more: nobody needs to wait for it. */
export function isGone(holder: string): boolean {
  const [host, pid] = holder.split("/");
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
