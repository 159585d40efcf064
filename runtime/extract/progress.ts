export interface ExtractProgress {
  /** Windows asked, and all of them. */
  readonly done: number;
  readonly total: number;
  readonly requests: number;
  readonly rawBytes: number;
}

/** Counts what is done, and tells it on. */
export class Progress {
  readonly #tell: (progress: ExtractProgress) => void;
  #now: ExtractProgress = { done: 0, total: 0, requests: 0, rawBytes: 0 };

  constructor(tell: (progress: ExtractProgress) => void) {
    this.#tell = tell;
  }

  get now(): ExtractProgress {
    return this.#now;
  }

  more(windows: number): void {
    if (windows !== 0) this.#change({ total: this.#now.total + windows });
  }

  done(windows: number): void {
    this.#change({ done: this.#now.done + windows });
  }

  request(): void {
    this.#change({ requests: this.#now.requests + 1 });
  }

  kept(bytes: number): void {
    this.#change({ rawBytes: this.#now.rawBytes + bytes });
  }

  #change(change: Partial<ExtractProgress>): void {
    this.#now = { ...this.#now, ...change };
    this.#tell(this.#now);
  }
}
