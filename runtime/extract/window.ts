import type { Clock } from "../dataset/clock.ts";
import type { Dataset } from "../dataset/definition.ts";
import type { Interval } from "../dataset/interval.ts";
import { Moment } from "../dataset/moment.ts";
import type { Page } from "../dataset/pages.ts";
import type { RequestContext } from "../dataset/source.ts";
import { toWindow } from "../dataset/window.ts";
import type { ExchangePage, PagePosition } from "../store/exchange.ts";
import type { PageInFlight } from "../store/state.ts";
import type { Store } from "../store/store.ts";
import { type Answered, type AskOptions, ask, type Question } from "./ask.ts";
import { keepExchange } from "./exchange.ts";
import { askExport } from "./export.ts";
import { Pagination } from "./pages.ts";
import { halve } from "./plan.ts";
import { buildRequest, type HttpRequest } from "./request.ts";
import { type RestateWatch, watchRestatements } from "./restate.ts";
import { Incomplete, Shifted } from "./stopped.ts";
import type { Team } from "./team.ts";

/** What every window of an extraction is asked with. */
export interface WindowTools {
  readonly dataset: Dataset;
  readonly store: Store;
  readonly run: string;
  readonly clock: Clock;
  readonly asking: AskOptions;
  /** The end of all that can be complete, Unix milliseconds. */
  readonly complete: number;
  /** Called for every exchange that is kept. */
  onKept(bytes: number): void;
}

export type WindowOutcome =
  | { readonly kind: "covered" }
  /** To be asked instead. */
  | { readonly kind: "split"; readonly windows: readonly Interval[] }
  | { readonly kind: "skipPartition" | "endPartition"; readonly message: string | undefined }
  /** Every member was taken over by somebody else. */
  | { readonly kind: "lost" };

/** A page that is answered and not stored yet. */
interface Turned extends Omit<Answered, "verdict"> {
  readonly verdict: "data" | "empty";
  /** Undefined when the window is complete with it. */
  readonly next: PagePosition | undefined;
}

const FIRST: Page = { number: 1, offset: 0, token: undefined };

/** Asks for one window of a team, page by page. Each page is stored before the next one is asked for. */
export function askWindow(
  team: Team,
  window: Interval,
  resumed: PageInFlight | undefined,
  tools: WindowTools,
): Promise<WindowOutcome> {
  return new WindowRun(team, window, tools).run(resumed);
}

class WindowRun {
  readonly #team: Team;
  readonly #window: Interval;
  readonly #tools: WindowTools;
  readonly #context: Omit<RequestContext, "page" | "now">;
  #restarted = false;

  constructor(team: Team, window: Interval, tools: WindowTools) {
    const { partitions, source } = tools.dataset;
    this.#team = team;
    this.#window = window;
    this.#tools = tools;
    this.#context = {
      partition: { [partitions.field]: team.asked.join(",") },
      partitions: team.asked,
      window: toWindow(window, source.windows),
    };
  }

  async run(resumed: PageInFlight | undefined): Promise<WindowOutcome> {
    try {
      return await this.#pages(resumed ? { token: undefined, ...resumed } : FIRST);
    } catch (error) {
      if (!(error instanceof Incomplete)) throw error;
      // What was seen of its pages is not to be trusted.
      await this.#team.forgetPage();
      if (error instanceof Shifted && this.#restart()) return this.run(undefined);
      const { start, end } = this.#context.window;
      throw new Error(`${start} to ${end} cannot be told complete, so it is not covered: ${error.message}`);
    }
  }

  #restart(): boolean {
    const first = !this.#restarted;
    this.#restarted = true;
    return first;
  }

  async #pages(first: Page): Promise<WindowOutcome> {
    const pagination = new Pagination(this.#tools.dataset.source.pages);
    let page: Page | undefined = first;
    while (page) {
      if (!(await this.#team.keep())) return { kind: "lost" };
      const watch = this.#watch();
      const turned = await this.#turn(pagination, page, watch);
      if ("kind" in turned) return turned;
      try {
        await this.#keep(page, turned, watch);
      } finally {
        await turned.answer.dispose();
      }
      page = turned.next && { token: undefined, ...turned.next, number: page.number + 1 };
    }
    return { kind: "covered" };
  }

  /** Asks for a page. What its rows were is known here alone: they are not kept until the answer is stored. */
  async #turn(pagination: Pagination, page: Page, watch: RestateWatch | undefined): Promise<Turned | WindowOutcome> {
    const answered = await this.#ask(page, watch);
    const { request, answer, verdict, via } = answered;
    let turned: Turned | undefined;
    try {
      if (verdict.kind === "skipPartition" || verdict.kind === "endPartition")
        return { kind: verdict.kind, message: verdict.message };
      if (verdict.kind === "splitWindow") return this.#split(answered);
      if (verdict.kind === "restartWindow") throw new Shifted("the source lost its place more than once");
      turned = { request, answer, via, verdict: verdict.kind, next: this.#next(pagination, page, answered) };
      return turned;
    } finally {
      if (!turned) await answer.dispose();
    }
  }

  #watch(): RestateWatch | undefined {
    const { dataset, complete } = this.#tools;
    const asOf = new Map(this.#team.members.map(({ partition, state }) => [partition, state.asOf ?? complete]));
    return watchRestatements(dataset, this.#context, this.#window, asOf);
  }

  #ask(page: Page, watch: RestateWatch | undefined): Promise<Answered> {
    const { dataset, asking } = this.#tools;
    const { source } = dataset;
    const { request, graphql } = this.#request(page);
    const question: Question = { request, graphql, source, ...(watch ? { visit: watch.visit } : {}) };
    if (source.pages.kind !== "export") return ask(question, asking);
    return askExport(question, source.pages, asking, async () => {
      await this.#team.keep();
    });
  }

  #request(page: Page): { readonly request: HttpRequest; readonly graphql: boolean } {
    const { dataset, asking, clock } = this.#tools;
    const { source } = dataset;
    const linked = source.pages.kind === "link" && page.token !== undefined;
    const parts = source.request({ ...this.#context, page: linked ? FIRST : page, now: new Moment(clock.now()) });
    const request = buildRequest(source, parts);
    if (linked && page.token !== undefined)
      return { request: asking.client.follow(page.token, request), graphql: false };
    return { request, graphql: parts.body !== undefined && "graphql" in parts.body };
  }

  /** A link is kept as it would be followed: without a key that the source has repeated in it. */
  #next(pagination: Pagination, page: Page, { request, answer, verdict }: Answered): PagePosition | undefined {
    if (verdict.kind !== "data") return undefined;
    const { headers, sha256 } = answer;
    const next = pagination.after(page, { ...verdict.scanned, headers, sha256 });
    if (next?.token === undefined || this.#tools.dataset.source.pages.kind !== "link") return next;
    return { ...next, token: this.#tools.asking.client.follow(next.token, request).shown.url };
  }

  #split({ answer }: Answered): WindowOutcome {
    const { source } = this.#tools.dataset;
    const windows = halve(this.#window, source.windows);
    if (windows) return { kind: "split", windows };
    throw new Error(`${new URL(source.url).host} refuses even a single bucket: answered ${answer.status}`);
  }

  async #keep(
    page: Page,
    { request, answer, via, verdict, next }: Turned,
    watch: RestateWatch | undefined,
  ): Promise<void> {
    const { dataset, store, run, clock, complete } = this.#tools;
    const paged = dataset.source.pages.kind !== "none" && dataset.source.pages.kind !== "export";
    const record: ExchangePage | undefined = paged
      ? { number: page.number, last: next === undefined, ...(next ? { next } : {}) }
      : undefined;
    const restates = (partition: string): number | undefined => (watch?.found.has(partition) ? complete : undefined);
    await keepExchange(store, request, answer, {
      ...{ dataset, asked: this.#team.asked, window: this.#window, page: record, run, at: clock.now() },
      members: this.#team.members.map(({ partition, token, nextSequence }) => ({
        ...{ partition, lease: { token, sequence: nextSequence }, restates: restates(partition) },
      })),
      ...{ verdict, via },
    });
    this.#team.advance(this.#window, next && { ...next, number: page.number + 1 }, restates);
    this.#tools.onKept(answer.bytes);
  }
}
