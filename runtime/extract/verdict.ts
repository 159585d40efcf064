import { messageOf } from "../dataset/errors.ts";
import { BodyError, excerpt, readRows } from "../dataset/rows.ts";
import type { ResponseAction, ResponseRule } from "../dataset/source.ts";
import type { HttpAnswer } from "./request.ts";

/** What an answer means. */
export type Verdict =
  | { readonly kind: "data"; readonly rows: number }
  | { readonly kind: "empty" | "splitWindow" | "skipPartition" }
  | { readonly kind: "retry"; readonly problem: string }
  /** `wait`: milliseconds; undefined when the answer does not say. */
  | { readonly kind: "limited"; readonly wait: number | undefined }
  /** `all`: no other partition can do better. */
  | { readonly kind: "fail"; readonly problem: string; readonly all: boolean };

/** A verdict with which a request is over. */
export type Settled = Exclude<Verdict, { readonly kind: "retry" | "limited" | "fail" }>;

/** The first rule of the definition that fits, else what HTTP itself says. @param now Unix milliseconds */
export function judge(answer: HttpAnswer, rules: readonly ResponseRule[], now: number): Verdict {
  const text = new TextDecoder().decode(answer.body);
  const rule = rules.find(
    ({ test }) =>
      (test.status === undefined || test.status === answer.status) && (!test.body || text.search(test.body) >= 0),
  );
  return rule ? carryOut(rule.action, answer, now) : byStatus(answer, now);
}

function carryOut(action: ResponseAction, answer: HttpAnswer, now: number): Verdict {
  switch (action.kind) {
    case "ok":
      return data(answer);
    case "empty":
    case "splitWindow":
    case "skipPartition":
      return { kind: action.kind };
    case "retry":
      return { kind: "retry", problem: answered(answer) };
    case "limited":
      return { kind: "limited", wait: retryAfter(answer, now) };
    case "fail":
      return { kind: "fail", problem: action.message ?? answered(answer), all: false };
  }
}

function byStatus(answer: HttpAnswer, now: number): Verdict {
  const { status } = answer;
  if (status >= 200 && status < 300) return data(answer);
  if (status === 429) return { kind: "limited", wait: retryAfter(answer, now) };
  if (status === 408 || status >= 500) return { kind: "retry", problem: answered(answer) };
  if (status === 401 || status === 403) return { kind: "fail", problem: answered(answer), all: true };
  return { kind: "fail", problem: answered(answer), all: false };
}

function data(answer: HttpAnswer): Verdict {
  try {
    return { kind: "data", rows: readRows(answer.body).length };
  } catch (error) {
    const problem = `answered ${answer.status}, but ${messageOf(error)}`;
    return error instanceof BodyError && error.broken
      ? { kind: "retry", problem }
      : { kind: "fail", problem, all: false };
  }
}

const answered = ({ status, body }: HttpAnswer): string => `answered ${status}: ${excerpt(body)}`;

/** Clocks differ: a time that has come already is not taken at its word. Milliseconds. */
const SHORTEST = 1_000;

/** https://www.rfc-editor.org/rfc/rfc9110#field.retry-after: seconds, or a date. */
function retryAfter({ headers }: HttpAnswer, now: number): number | undefined {
  const value = headers["retry-after"];
  if (value === undefined) return undefined;
  const wait = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? undefined : Math.max(SHORTEST, wait);
}
