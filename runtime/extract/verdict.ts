import { messageOf } from "../dataset/errors.ts";
import type { ResetHeader, ResponseAction } from "../dataset/responses.ts";
import type { JsonValue, ResolvedSource, SourceRow } from "../dataset/source.ts";
import { BodyError, excerpt, type Scanned, scan } from "../decode/index.ts";
import type { HttpAnswer } from "./request.ts";
import { Look } from "./response-test.ts";
import { waitOf } from "./waiting.ts";

/** What an answer means. Every problem and message is a whole sentence that names the host. */
export type Verdict =
  | { readonly kind: "data"; readonly scanned: Scanned }
  | { readonly kind: "empty" | "splitWindow" | "restartWindow" }
  /** Renew the credentials and ask once more; `problem` is for when that does not help. */
  | { readonly kind: "refreshAuth"; readonly problem: string }
  | { readonly kind: "skipPartition" | "endPartition"; readonly message: string }
  /** `wait`: milliseconds, when the answer says how long. */
  | { readonly kind: "retry"; readonly problem: string; readonly wait?: number }
  /** `wait`: milliseconds; undefined when the answer does not say. */
  | { readonly kind: "limited"; readonly wait: number | undefined; readonly problem: string }
  /** `all`: no other partition can do better. `credentials`: HTTP says that they are not accepted. */
  | { readonly kind: "fail"; readonly problem: string; readonly all: boolean; readonly credentials: boolean };

export interface JudgeOptions {
  /** Unix milliseconds. */
  readonly now: number;
  /** Whether the request was one of GraphQL. */
  readonly graphql: boolean;
  /** Gets every row of an answer that may be data, before the verdict is known. */
  readonly visit?: (row: SourceRow) => void;
}

/** The first rule of the definition that fits, else what GraphQL, then HTTP itself says. */
export async function judge(answer: HttpAnswer, source: ResolvedSource, options: JudgeOptions): Promise<Verdict> {
  return new Judge(answer, source, options).verdict();
}

class Judge {
  readonly #answer: HttpAnswer;
  readonly #source: ResolvedSource;
  readonly #options: JudgeOptions;
  readonly #look: Look;

  constructor(answer: HttpAnswer, source: ResolvedSource, options: JudgeOptions) {
    this.#answer = answer;
    this.#source = source;
    this.#options = options;
    this.#look = new Look(answer);
  }

  async verdict(): Promise<Verdict> {
    for (const { test, action } of this.#source.responses)
      if (await this.#look.fits(test)) return this.#carryOut(action);
    if (this.#options.graphql && this.#answer.status < 400) {
      const errors = graphqlErrors(await this.#look.json());
      if (errors !== undefined) return this.#fail(`with errors: ${excerpt(errors)}`);
    }
    return this.#byStatus();
  }

  async #carryOut(action: ResponseAction): Promise<Verdict> {
    switch (action.kind) {
      case "ok":
        return this.#data();
      case "empty":
      case "splitWindow":
      case "restartWindow":
        return { kind: action.kind };
      case "refreshAuth":
        return { kind: "refreshAuth", problem: await this.#answered() };
      case "skipPartition":
      case "endPartition":
        return { kind: action.kind, message: await this.#answered(action.message) };
      case "retry":
        return this.#retry(await this.#answered(action.message));
      case "limited":
        return this.#limited(action.reset, action.message);
      case "fail":
        return {
          kind: "fail",
          problem: await this.#answered(action.message),
          all: action.stop === "dataset",
          credentials: false,
        };
    }
  }

  async #byStatus(): Promise<Verdict> {
    const { status } = this.#answer;
    if (status === 204) return { kind: "empty" };
    if (status >= 200 && status < 300) return this.#data();
    if (status === 429) return this.#limited(this.#source.budgetHeaders?.reset);
    if (status === 408 || status >= 500) return this.#retry(await this.#answered());
    if (status === 401 && this.#source.auth.kind === "oauth2")
      return { kind: "refreshAuth", problem: await this.#answered() };
    const credentials = status === 401 || status === 403;
    return { kind: "fail", problem: await this.#answered(), all: credentials, credentials };
  }

  async #data(): Promise<Verdict> {
    const { body, bytes, headers } = this.#answer;
    const coding = headers["content-encoding"] ?? "identity";
    if (!READABLE.test(coding)) return this.#fail(`in the content-encoding ${coding}, which was not asked for`);
    if (bytes === 0) return this.#retry(this.#sentence("with no body at all"));
    try {
      return { kind: "data", scanned: await scan(body, this.#source.format, this.#options.visit) };
    } catch (error) {
      if (!(error instanceof BodyError)) throw error;
      const problem = `, but ${messageOf(error)}`;
      return error.broken ? this.#retry(this.#sentence(problem)) : this.#fail(problem);
    }
  }

  async #limited(reset: ResetHeader | undefined, message?: string): Promise<Verdict> {
    return { kind: "limited", wait: this.#wait(reset), problem: await this.#answered(message) };
  }

  #retry(problem: string): Verdict {
    const wait = this.#wait();
    return { kind: "retry", problem, ...(wait === undefined ? {} : { wait }) };
  }

  #fail(how: string): Verdict {
    return { kind: "fail", problem: this.#sentence(how), all: false, credentials: false };
  }

  /** The header that a rule names, else the one that every source may send. */
  #wait(reset?: ResetHeader): number | undefined {
    const { headers } = this.#answer;
    return (reset && waitOf(headers, this.#options.now, reset)) ?? waitOf(headers, this.#options.now);
  }

  /** What it answered, and what the definition says to that. */
  async #answered(message?: string): Promise<string> {
    const said = this.#sentence(`: ${excerpt(this.#redacted(await this.#look.text()))}`);
    return message === undefined ? said : `${said}; ${message}`;
  }

  #sentence(how: string): string {
    const { url, status } = this.#answer;
    return this.#redacted(`${new URL(url).host} answered ${status}${/^\w/.test(how) ? " " : ""}${how}`);
  }

  #redacted(text: string): string {
    return this.#answer.redact?.(text) ?? text;
  }
}

/** What a body may be compressed with, one after the other. */
const READABLE = /^(identity|x-gzip|gzip|zstd|,|\s)*$/i;

/** https://spec.graphql.org/October2021/#sec-Errors: what they say, or undefined when there are none. */
function graphqlErrors(body: JsonValue | undefined): string | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
  const { errors } = body;
  if (!Array.isArray(errors) || errors.length === 0) return undefined;
  return errors
    .map((error) =>
      typeof error === "object" && error !== null && !Array.isArray(error) && typeof error.message === "string"
        ? error.message
        : JSON.stringify(error),
    )
    .join("; ");
}
