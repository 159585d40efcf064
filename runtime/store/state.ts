import { type Interval, subtract, union } from "../dataset/interval.ts";
import { Moment } from "../dataset/moment.ts";
import { readJson } from "./documents.ts";
import type { PagePosition } from "./exchange.ts";
import { stateKey } from "./layout.ts";
import type { Store } from "./store.ts";

/** Who may ask for a partition and change its state. */
export interface Lease {
  /** Grows with every new holder: what an earlier one still writes is refused. */
  readonly token: number;
  /** Undefined when it was given back. */
  readonly held?: {
    readonly holder: string;
    /** Unix milliseconds. */
    readonly expiresAt: number;
    /** How many of the holder's exchanges this state knows. */
    readonly sequence: number;
  };
}

/** How long a holder that says nothing is waited for, in milliseconds. */
export const LEASE = 60_000;

/** A window whose pages are being asked for. */
export interface PageInFlight extends PagePosition {
  readonly window: Interval;
  /** The page to be asked next, from 1. */
  readonly number: number;
  /** The partitions that its requests are about, when they are several. */
  readonly batch?: readonly string[];
}

/** Why a partition is not asked. */
export interface SetAside {
  /** When the source said so, Unix milliseconds. */
  readonly at: number;
  readonly message?: string;
}

/** What is known of a partition; instants are Unix milliseconds. */
export interface PartitionState {
  /** Known complete, merged and in order. */
  readonly coverage: readonly Interval[];
  /** To be asked even where it is covered: for late corrections, or because the history has changed. */
  readonly again: readonly Interval[];
  readonly page?: PageInFlight;
  /** The end of what could be complete when the history was asked: a row from here on may say that the history has changed. */
  readonly asOf?: number;
  /** The end for which corrections were looked for the last time. */
  readonly lookedBackTo?: number;
  readonly skipped?: SetAside;
  /** From `from` on there is nothing more to come. */
  readonly ended?: SetAside & { readonly from: number };
  readonly lease?: Lease;
}

export const UNKNOWN: PartitionState = { coverage: [], again: [] };

/** What an exchange brings. */
export interface Advance {
  readonly window: Interval;
  /** The page to be asked next; undefined when the window is complete. */
  readonly next: PageInFlight | undefined;
  /** The new `asOf` when a row of it said that the history has changed. */
  readonly restates: number | undefined;
}

/** The state after an exchange that is durable. */
export function advance(state: PartitionState, { window, next, restates }: Advance): PartitionState {
  const { page: _page, skipped: _skipped, ...rest } = restates === undefined ? state : restated(state, restates);
  if (next) return { ...rest, page: next };
  return {
    ...rest,
    coverage: union([...rest.coverage, window]),
    again: rest.again.flatMap((interval) => subtract(interval, [window])),
  };
}

const restated = (state: PartitionState, asOf: number): PartitionState => ({
  ...state,
  asOf,
  coverage: [],
  again: union([...state.again, ...state.coverage]),
});

type Span = { readonly start: string; readonly end: string };

/** The document, version 2. Version 1 had nothing but the coverage. Instants are ISO 8601, intervals half-open. */
export interface StateDocument {
  readonly version: 1 | 2;
  readonly dataset: string;
  readonly partition: string;
  readonly coverage: readonly Span[];
  readonly again?: readonly Span[];
  readonly page?: Omit<PageInFlight, "window"> & { readonly window: Span };
  readonly asOf?: string;
  readonly lookedBackTo?: string;
  readonly skipped?: { readonly at: string; readonly message?: string };
  readonly ended?: { readonly at: string; readonly message?: string; readonly from: string };
  readonly lease?: {
    readonly token: number;
    readonly holder?: string;
    readonly expiresAt?: string;
    readonly sequence?: number;
  };
}

export function toDocument(dataset: string, partition: string, state: PartitionState): StateDocument {
  const { coverage, again, page, asOf, lookedBackTo, skipped, ended, lease } = state;
  return {
    version: 2,
    dataset,
    partition,
    coverage: coverage.map(spell),
    ...(again.length ? { again: again.map(spell) } : {}),
    ...(page ? { page: { ...page, window: spell(page.window) } } : {}),
    ...(asOf === undefined ? {} : { asOf: iso(asOf) }),
    ...(lookedBackTo === undefined ? {} : { lookedBackTo: iso(lookedBackTo) }),
    ...(skipped ? { skipped: { ...skipped, at: iso(skipped.at) } } : {}),
    ...(ended ? { ended: { ...ended, at: iso(ended.at), from: iso(ended.from) } } : {}),
    ...(lease
      ? {
          lease: lease.held
            ? { token: lease.token, ...lease.held, expiresAt: iso(lease.held.expiresAt) }
            : { token: lease.token },
        }
      : {}),
  };
}

export function fromDocument(document: StateDocument): PartitionState {
  const { coverage, again = [], page, asOf, lookedBackTo, skipped, ended, lease } = document;
  return {
    coverage: coverage.map(read),
    again: again.map(read),
    ...(page ? { page: { ...page, window: read(page.window) } } : {}),
    ...(asOf === undefined ? {} : { asOf: Date.parse(asOf) }),
    ...(lookedBackTo === undefined ? {} : { lookedBackTo: Date.parse(lookedBackTo) }),
    ...(skipped ? { skipped: { ...skipped, at: Date.parse(skipped.at) } } : {}),
    ...(ended ? { ended: { ...ended, at: Date.parse(ended.at), from: Date.parse(ended.from) } } : {}),
    ...(lease ? { lease: leaseOf(lease) } : {}),
  };
}

function leaseOf({ token, holder, expiresAt, sequence = 0 }: NonNullable<StateDocument["lease"]>): Lease {
  if (holder === undefined || expiresAt === undefined) return { token };
  return { token, held: { holder, expiresAt: Date.parse(expiresAt), sequence } };
}

/** A partition's state and the etag to change it by; the etag is undefined when there is no document yet. */
export async function readState(
  store: Store,
  dataset: string,
  partition: string,
): Promise<{ readonly state: PartitionState; readonly etag: string | undefined }> {
  const found = await readJson<StateDocument>(store, stateKey(dataset, partition));
  return found ? { state: fromDocument(found.value), etag: found.etag } : { state: UNKNOWN, etag: undefined };
}

const iso = (instant: number): string => new Moment(instant).toString();

const spell = ({ start, end }: Interval): Span => ({ start: iso(start), end: iso(end) });

const read = ({ start, end }: Span): Interval => ({ start: Date.parse(start), end: Date.parse(end) });
