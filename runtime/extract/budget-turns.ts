import { declare, earliestIn, expire, grantOf, hold, isPossible, type Ledger, release } from "./budget-ledger.ts";
import type { Meter } from "./budget-rule.ts";
import { QuotaEnded, Refused } from "./failure.ts";

/** A request that has no slot yet. */
export interface Waiting {
  readonly id: number;
  readonly cost: number;
  /** The longest wait, in milliseconds. */
  readonly patience: number;
}

/** A request that needs its slot no longer. */
export interface Ended {
  readonly id: number;
  /** When its answer was there; undefined when it was not sent. */
  readonly at: number | undefined;
}

export interface Turn<W extends Waiting> {
  readonly holder: string;
  readonly meters: readonly Meter[];
  /** In their order. */
  readonly waiting: readonly W[];
  readonly ended: readonly Ended[];
  readonly pausedUntil: number;
  readonly now: number;
  /** How long before its moment a slot is given out, in milliseconds. */
  readonly ahead: number;
  /** How long a slot can be held; Infinity when its holder cannot be lost. */
  readonly lease: number;
}

export interface Served<W extends Waiting> {
  /** Each with the moment from which it may be sent. */
  readonly admitted: readonly { readonly waiting: W; readonly at: number }[];
  readonly failed: readonly { readonly waiting: W; readonly error: Error }[];
  /** When the next one can be admitted: Infinity while an answer must come first; undefined when nobody is left. */
  readonly next: number | undefined;
  readonly pausedUntil: number;
  readonly changed: boolean;
}

/** Takes back what ended and gives slots to those who wait, first come first served. */
export function serve<W extends Waiting>(ledger: Ledger, turn: Turn<W>): Served<W> {
  const { holder, waiting, ended, now, ahead, lease } = turn;
  const declared = declare(ledger, turn.meters, now);
  for (const { id, at } of ended) release(ledger, holder, id, at);
  expire(ledger, now);
  const pause = turn.pausedUntil > ledger.pausedUntil;
  ledger.pausedUntil = Math.max(ledger.pausedUntil, turn.pausedUntil);
  const admitted: { waiting: W; at: number }[] = [];
  const failed: { waiting: W; error: Error }[] = [];
  let next: number | undefined;
  for (const one of waiting) {
    // An earlier attempt to write this down may have succeeded, though it seemed to fail.
    const given = grantOf(ledger, holder, one.id);
    const at = given?.at ?? Math.max(now, earliestIn(ledger, one.cost));
    if (!isPossible(ledger, one.cost))
      failed.push({
        waiting: one,
        error: new Refused(`a request costs ${one.cost}, more than the budget ever allows`),
      });
    else if (Number.isFinite(at) && at - now > one.patience) failed.push({ waiting: one, error: new QuotaEnded(at) });
    else if (at > now + ahead) {
      next = at;
      break;
    } else {
      if (!given)
        hold(ledger, holder, { id: one.id, cost: one.cost, at, until: Number.isFinite(lease) ? at + lease : null });
      admitted.push({ waiting: one, at });
    }
  }
  return {
    admitted,
    failed,
    next,
    pausedUntil: ledger.pausedUntil,
    changed: declared || pause || ended.length > 0 || admitted.length > 0,
  };
}
