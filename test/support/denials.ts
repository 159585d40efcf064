import assert from "node:assert/strict";
import { BlockList, isIPv6 } from "node:net";

type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A request as a policy sees it: the action, and whatever condition keys the request has. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly keys: Readonly<Record<string, string>>;
}

/** Whether a condition is fulfilled for a key that may be missing. */
type Operator = (actual: string | undefined, values: readonly string[]) => boolean;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Readonly<Record<string, Operator>> = {
  Bool: (actual, values) => actual !== undefined && values.includes(actual),
  BoolIfExists: (actual, values) => actual === undefined || values.includes(actual),
  StringNotEquals: (actual, values) => actual === undefined || !values.includes(actual),
  ArnNotLike: (actual, values) => actual === undefined || !values.some((value) => like(value, actual)),
  NotIpAddress: (actual, values) => actual === undefined || !values.some((value) => within(value, actual)),
  Null: (actual, values) => values.includes(String(actual === undefined)),
  NumericLessThan: (actual, values) => actual !== undefined && values.some((value) => Number(actual) < Number(value)),
};

/** The sids of the Deny statements that refuse a request; a statement with an operator that is not known here is an error. */
export function refusals(
  statements: readonly Record<string, unknown>[],
  { action, resource, keys }: Request,
): string[] {
  return statements
    .filter(
      (statement) =>
        statement.Effect === "Deny" &&
        list(statement.Action).some((pattern) => like(pattern, action)) &&
        list(statement.Resource).some((pattern) => like(pattern, resource)) &&
        holds((statement.Condition ?? {}) as Condition, keys),
    )
    .map(({ Sid }) => String(Sid));
}

const holds = (condition: Condition, keys: Request["keys"]): boolean =>
  Object.entries(condition).every(([name, tests]) => {
    const operator = OPERATORS[name];
    assert(operator, `the operator ${name} is not known`);
    return Object.entries(tests).every(([key, values]) => operator(keys[key], list(values)));
  });

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);

const like = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  ).test(text);

function within(range: string, address: string): boolean {
  const [first = "", bits = ""] = range.split("/");
  const family = isIPv6(first) ? "ipv6" : "ipv4";
  const addresses = new BlockList();
  addresses.addSubnet(first, Number(bits), family);
  return addresses.check(address, family);
}
