import { type Ledger, newLedger } from "./budget-ledger.ts";

/** Where the ledger of a budget is kept. */
export interface Book {
  /** Whether others write into it too. */
  readonly shared: boolean;
  /** Changes the ledger, all or nothing. `change` may be called several times; it says whether there is something to keep. */
  update<T extends { readonly changed: boolean }>(change: (ledger: Ledger) => T): Promise<T>;
}

/** The book of one process. */
export class MemoryBook implements Book {
  readonly shared = false;
  readonly #ledger = newLedger();

  async update<T extends { readonly changed: boolean }>(change: (ledger: Ledger) => T): Promise<T> {
    return change(this.#ledger);
  }
}
