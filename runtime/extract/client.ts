import { tmpdir } from "node:os";
import { secretsOfAuth } from "../dataset/auth.ts";
import type { Clock } from "../dataset/clock.ts";
import type { ResolvedSource } from "../dataset/source.ts";
import { type Agents, createAgents, type Lookup } from "./agents.ts";
import { type Credentials, credentialsOf, withoutParameter } from "./auth.ts";
import type { Budget } from "./budget.ts";
import { Destinations } from "./destinations.ts";
import { NoAnswer, Refused } from "./failure.ts";
import { Redaction } from "./redaction.ts";
import { afterRedirect } from "./redirect.ts";
import { type Fetch, type HttpAnswer, type HttpRequest, neutral, unsigned } from "./request.ts";
import type { SwapStore } from "./shared-budget.ts";
import { transmit } from "./transmit.ts";

export interface HttpClientOptions {
  readonly source: ResolvedSource;
  /** The value of a secret; each was found to be there before. */
  secret(name: string): string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly budget: Budget;
  /** Where refresh tokens that the source renews are kept for later runs. @default nowhere */
  readonly store?: SwapStore | undefined;
  /** The longest wait for the budget, in milliseconds. @default 15 minutes */
  readonly patience?: number;
  /** Milliseconds without a byte after which an answer is given up. @default 60 seconds */
  readonly idleTimeout?: number;
  /** The folder for bodies that are too large for memory. @default the system's */
  readonly temporary?: string;
  /** Cuts off the requests that are under way; the signal that they are sent with then only keeps them from being begun. @default that signal does both */
  readonly cut?: AbortSignal;
  /** How names become addresses. @default the system's */
  readonly lookup?: Lookup;
}

export interface Exchanged {
  /** As it was sent first, before any redirect. */
  readonly request: HttpRequest;
  readonly answer: HttpAnswer;
}

/** https://fetch.spec.whatwg.org/#concept-http-redirect-fetch allows twenty; no API needs more than two. */
const MOST_REDIRECTS = 5;

const IDLE_TIMEOUT = 60_000;

/** Asks one source: with its credentials, within its budget, and nowhere but where it may lead. */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #destinations: Destinations;
  readonly #agents: Agents;
  readonly #redaction = new Redaction();
  readonly #temporary: string;
  readonly #credentials: Credentials;
  #tokenAgents: Agents | undefined;

  constructor(options: HttpClientOptions) {
    const { source, clock } = options;
    this.#options = options;
    this.#temporary = options.temporary ?? tmpdir();
    this.#destinations = new Destinations(source);
    this.#agents = createAgents(this.#destinations.reach, options.lookup);
    for (const name of secretsOfAuth(source.auth)) this.#redaction.add(options.secret(name));
    this.#credentials = credentialsOf(source.auth, {
      clock,
      store: options.store,
      secret: options.secret,
      post: (request, signal) => this.#post(request, signal),
      learned: (value) => this.#redaction.add(value),
      redact: this.#redaction.text,
    });
  }

  /**
   * Sends it and reads the whole answer, following redirects. Each request on the way takes a turn of the budget.
   * @param onTurn called when it has got the first turn @throws NoAnswer, Refused, QuotaEnded, UserError when the disk is full, the signal's reason
   */
  async send(request: HttpRequest, signal: AbortSignal, onTurn?: () => void): Promise<Exchanged> {
    let hop = request;
    let first: HttpRequest | undefined;
    for (let redirects = 0; ; redirects += 1) {
      const { sent, answer } = await this.#turn(hop, signal, redirects === 0 ? onTurn : undefined);
      first ??= sent;
      const next = afterRedirect(hop, answer);
      if (!next) return { request: first, answer };
      await answer.dispose();
      if (redirects === MOST_REDIRECTS)
        throw new Refused(`${new URL(request.url).host} redirects more than ${MOST_REDIRECTS} times`);
      hop = this.#onward(next);
    }
  }

  /**
   * A GET request for a link that an answer named. It gets credentials only where it leads to the source itself.
   * @param base the request whose answer named it @throws Refused when it leads where nothing may be sent
   */
  follow(url: string, base: HttpRequest): HttpRequest {
    if (!URL.canParse(url, base.url))
      throw new Refused(`${new URL(base.url).host} names as a link what is none: ${this.#redaction.text(url)}`);
    const { "content-type": _, ...headers } = base.headers;
    return this.#onward({ method: "GET", url: new URL(url, base.url).href, headers, cost: base.cost });
  }

  /**
   * Renews the credentials. Of many whose requests were refused with the same ones, the first does it for all.
   * @param refused as it was sent @returns false when this kind of credentials cannot be renewed
   */
  refreshAuth(refused?: HttpRequest, signal: AbortSignal = new AbortController().signal): Promise<boolean> {
    return this.#credentials.renew(refused, signal);
  }

  /** Ends the connections that are kept for later. */
  close(): void {
    this.#agents.close();
    this.#tokenAgents?.close();
  }

  /** One request of those that `send` needs. */
  #turn(
    request: HttpRequest,
    signal: AbortSignal,
    onTurn: (() => void) | undefined,
  ): Promise<{ sent: HttpRequest; answer: HttpAnswer }> {
    const { budget, patience } = this.#options;
    const url = new URL(request.url);
    this.#destinations.check(url);
    const exchange = async (): Promise<{ sent: HttpRequest; answer: HttpAnswer }> => {
      const signed = this.#destinations.isOwn(url) ? await this.#credentials.sign(request, signal) : request;
      const sent = this.#redacted(signed);
      onTurn?.();
      const answer = await this.#transmit(sent, this.#agents, this.#options.cut ?? signal);
      budget.observe(answer.headers, request.cost);
      return { sent, answer: { ...answer, url: sent.shown.url, redact: this.#redaction.text } };
    };
    return budget.spend(request.cost, exchange, signal, patience === undefined ? {} : { patience });
  }

  async #transmit(request: HttpRequest, agents: Agents, signal: AbortSignal): Promise<Omit<HttpAnswer, "url">> {
    const { fetch, idleTimeout = IDLE_TIMEOUT } = this.#options;
    const temporary = this.#temporary;
    try {
      return await transmit(request, { fetch, agent: agents.of(new URL(request.url)), idleTimeout, temporary, signal });
    } catch (error) {
      const { text } = this.#redaction;
      if (error instanceof NoAnswer) throw new NoAnswer(text(error.message), { cause: error.cause });
      if (error instanceof Refused) throw new Refused(text(error.message), error);
      throw error;
    }
  }

  /** To the token endpoint, which the definition itself names; it has no reason to lead elsewhere. */
  #post(request: HttpRequest, signal: AbortSignal): Promise<Omit<HttpAnswer, "url">> {
    const { source, lookup } = this.#options;
    const destinations = new Destinations({ url: request.url, hosts: [], privateNetwork: source.privateNetwork });
    destinations.check(new URL(request.url));
    this.#tokenAgents ??= createAgents(destinations.reach, lookup);
    return this.#transmit(request, this.#tokenAgents, signal);
  }

  /** A request for where an answer led. A key that the answer repeated in the URL goes no further. */
  #onward(request: Omit<HttpRequest, "shown">): HttpRequest {
    const { auth } = this.#options.source;
    const url = new URL(auth.kind === "query" ? withoutParameter(request.url, auth.parameter) : request.url);
    this.#destinations.check(url);
    const headers = this.#destinations.isOwn(url) ? request.headers : neutral(request.headers);
    return this.#redacted(unsigned({ ...request, url: url.href, headers }));
  }

  #redacted(request: HttpRequest): HttpRequest {
    const { text } = this.#redaction;
    const { url, headers, body } = request.shown;
    return {
      ...request,
      shown: {
        url: text(url),
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, text(value)])),
        ...(body === undefined ? {} : { body: text(body) }),
      },
    };
  }
}
