/** There is no whole answer: no connection, nothing for too long, a body that ends early. Asking again may help. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** A request that is not sent, or not followed on, because it must not be; asking again changes nothing. */
export class Refused extends Error {
  override readonly name = "Refused";
  /** No other partition can do better. */
  readonly all: boolean;
  /** What a person can do. */
  readonly fix: string | undefined;

  constructor(
    problem: string,
    { all = false, fix }: { readonly all?: boolean; readonly fix?: string | undefined } = {},
  ) {
    super(problem);
    this.all = all;
    this.fix = fix;
  }
}
/** The budget allows nothing more for longer than the asker waits. That is no failure: what is left is asked after `until`. */
export class QuotaEnded extends Error {
  override readonly name = "QuotaEnded";
  /** Unix milliseconds. */
  readonly until: number;

  constructor(until: number) {
    super(`the budget is used up until ${new Date(until).toISOString()}`);
    this.until = until;
  }
}
