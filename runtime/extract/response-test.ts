import { parseJson } from "../dataset/json.ts";
import type { ResponseTest } from "../dataset/responses.ts";
import type { JsonValue } from "../dataset/source.ts";
import { headText } from "../decode/index.ts";
import type { HttpAnswer } from "./request.ts";

/** Bytes of text up to which a body is parsed for a rule: what is longer is no error message. */
const PARSED = 32 * 1024 * 1024;

/** What rules look at in an answer; each look is taken once, and only when a rule needs it. */
export class Look {
  readonly #answer: HttpAnswer;
  #text: Promise<string> | undefined;
  #json: Promise<JsonValue | undefined> | undefined;

  constructor(answer: HttpAnswer) {
    this.#answer = answer;
  }

  /** The beginning of the body, unpacked. */
  text(): Promise<string> {
    this.#text ??= headText(this.#answer.body);
    return this.#text;
  }

  /** The parsed body; undefined when it is no JSON. */
  json(): Promise<JsonValue | undefined> {
    this.#json ??= headText(this.#answer.body, PARSED).then(parsed);
    return this.#json;
  }

  /** Whether everything that the test says holds. */
  async fits({ status, headers = {}, body, json }: ResponseTest): Promise<boolean> {
    if (status !== undefined && ![status].flat().includes(this.#answer.status)) return false;
    for (const [name, pattern] of Object.entries(headers)) {
      const value = this.#answer.headers[name.toLowerCase()];
      if (value === undefined || value.search(pattern) < 0) return false;
    }
    // `search` heeds no `lastIndex`, so that a pattern with the flag g says the same every time.
    if (body && (await this.text()).search(body) < 0) return false;
    if (!json) return true;
    const value = await this.json();
    return value !== undefined && json(value);
  }
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
