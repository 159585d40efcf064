import type { Clock } from "../dataset/clock.ts";
import type { ResolvedSource, SourceRow } from "../dataset/source.ts";
import type { ExchangeVia } from "../store/exchange.ts";
import type { Budget } from "./budget.ts";
import type { HttpClient } from "./client.ts";
import { NoAnswer, QuotaEnded, Refused } from "./failure.ts";
import type { HttpAnswer, HttpRequest } from "./request.ts";
import { DatasetFailed, refused } from "./stopped.ts";
import { judge, type Verdict } from "./verdict.ts";

/** A verdict with which a request is over. */
export type Settled = Exclude<Verdict, { readonly kind: "retry" | "limited" | "fail" | "refreshAuth" }>;

export interface Answered {
  /** As it was sent. */
  readonly request: HttpRequest;
  /** Its `dispose` is the caller's to call. */
  readonly answer: HttpAnswer;
  readonly verdict: Settled;
  /** What led to it, when another answer named it. */
  readonly via?: ExchangeVia | undefined;
}

export interface AskOptions {
  readonly client: HttpClient;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** First wait before a retry, in milliseconds; it doubles each time. */
  readonly retryDelay: number;
  /** Called when a request has got its turn, before it is sent; not for the redirects that follow it. */
  onRequest(): void;
}

const RETRIES = 4;

/** How long a source that says "too many" without a time is left alone at first, in milliseconds; doubled each time. */
const FIRST_QUIET = 1_000;

/** The longest wait, in milliseconds, that a source may ask of a run; for a longer one the run stops and goes on later. */
const PATIENCE = 15 * 60_000;

/** How long one request waits for its budget altogether, in milliseconds: a source may say "soon" for ever. */
const PATIENCE_IN_ALL = 2 * PATIENCE;

export interface Question {
  readonly request: HttpRequest;
  /** Says how the answer is judged. */
  readonly source: ResolvedSource;
  /** An answer with `errors` is an error. */
  readonly graphql: boolean;
  /** Is given every row of an answer that is data. */
  readonly visit?: (row: SourceRow) => void;
}

/**
 * Sends a request until it is answered for good. What asking again may mend is asked again, a few times; a budget that is
 * used up is waited for, which counts as no attempt; credentials are renewed once.
 * @throws DatasetFailed, QuotaEnded, the signal's reason, and an Error for what concerns this request alone
 */
export const ask = (question: Question, options: AskOptions): Promise<Answered> =>
  new Conversation(question, options).settle();

class Conversation {
  readonly #question: Question;
  readonly #options: AskOptions;
  #failures = 0;
  #quiet = FIRST_QUIET;
  #paused = 0;
  #renewed = false;

  constructor(question: Question, options: AskOptions) {
    this.#question = question;
    this.#options = options;
  }

  async settle(): Promise<Answered> {
    for (;;) {
      const sent = await this.#send();
      if (!sent) continue;
      const { request, answer } = sent;
      let settled: Settled | undefined;
      try {
        const verdict = await this.#judge(answer);
        settled = await this.#react(verdict, request);
      } finally {
        if (!settled) await answer.dispose();
      }
      if (settled) return { request, answer, verdict: settled };
    }
  }

  async #send(): Promise<{ request: HttpRequest; answer: HttpAnswer } | undefined> {
    const { client, signal, onRequest } = this.#options;
    signal.throwIfAborted();
    try {
      return await client.send(this.#question.request, signal, onRequest);
    } catch (error) {
      if (error instanceof Refused && error.all) throw new DatasetFailed(error.message, error.fix);
      if (!(error instanceof NoAnswer)) throw error;
      await this.#again(error);
      return undefined;
    }
  }

  #judge(answer: HttpAnswer): Promise<Verdict> {
    const { source, graphql, visit } = this.#question;
    return judge(answer, source, { now: this.#options.clock.now(), graphql, ...(visit ? { visit } : {}) });
  }

  /** @returns undefined when the request is to be sent once more */
  async #react(verdict: Verdict, sent: HttpRequest): Promise<Settled | undefined> {
    switch (verdict.kind) {
      case "retry":
        await this.#again(new Error(verdict.problem), verdict.wait);
        return undefined;
      case "limited":
        this.#pause(verdict.wait);
        return undefined;
      case "refreshAuth":
        if (this.#renewed || !(await this.#options.client.refreshAuth(sent, this.#options.signal)))
          throw refused(this.#question.source, verdict.problem);
        this.#renewed = true;
        return undefined;
      case "fail":
        if (!verdict.all) throw new Error(verdict.problem);
        throw verdict.credentials
          ? refused(this.#question.source, verdict.problem)
          : new DatasetFailed(verdict.problem);
      default:
        return verdict;
    }
  }

  /** @throws the error after the last attempt */
  async #again(error: Error, wait = 0): Promise<void> {
    const { clock, retryDelay, signal } = this.#options;
    signal.throwIfAborted();
    if (this.#failures === RETRIES) throw error;
    const backoff = retryDelay * 2 ** this.#failures * (1 + Math.random());
    this.#failures += 1;
    if (wait > PATIENCE) throw new QuotaEnded(clock.now() + wait);
    await clock.sleep(Math.max(wait, backoff), signal);
  }

  #pause(wait = this.#quiet): void {
    const { budget, clock } = this.#options;
    this.#quiet *= 2;
    this.#paused += wait;
    const until = clock.now() + wait;
    if (wait > PATIENCE || this.#paused > PATIENCE_IN_ALL) throw new QuotaEnded(until);
    budget.pauseUntil(until);
  }
}
