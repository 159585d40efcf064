import { knownList, read, readJson, readList, UNKNOWN } from "./read.ts";

/** Who a statement is about: `{ kind: "Service", id: "ecs-tasks.amazonaws.com" }`, everybody is `{ kind: "*", id: "*" }`. */
export interface Principal {
  readonly kind: string;
  readonly id: string;
}

export interface Condition {
  readonly operator: string;
  /** In lower case: AWS compares keys without regard to it. */
  readonly key: string;
  readonly values: readonly string[];
}

/** One statement of an IAM or resource policy, its shorthand forms written out. */
export interface Statement {
  /** Its Sid, or its place, for messages. */
  readonly label: string;
  readonly effect: string;
  readonly principals: readonly Principal[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Whether it names what it is not about (NotAction, NotResource, NotPrincipal). */
  readonly inverted: boolean;
  readonly conditions: readonly Condition[];
}

/**
 * The statements of the policy document in a property; none when there is no document, or one that cannot be read.
 * @returns UNKNOWN when the document is only known after the deployment
 */
export function readStatements(props: object, property: string): readonly Statement[] | typeof UNKNOWN {
  const document = readJson(props, property);
  if (document === UNKNOWN) return UNKNOWN;
  const statements = readList(document, "Statement");
  if (statements === UNKNOWN) return UNKNOWN;
  return statements.filter((statement) => statement !== UNKNOWN).map(statementOf);
}

/** The statements as far as they are known. */
export function knownStatements(props: object, property: string): readonly Statement[] {
  const statements = readStatements(props, property);
  return statements === UNKNOWN ? [] : statements;
}

function statementOf(statement: unknown, index: number): Statement {
  return {
    label: String(read(statement, "Sid") ?? `statement ${index + 1}`),
    effect: String(read(statement, "Effect")),
    principals: principalsOf(statement),
    actions: strings(statement, "Action"),
    resources: strings(statement, "Resource"),
    inverted: ["NotAction", "NotResource", "NotPrincipal"].some((name) => read(statement, name) !== undefined),
    conditions: entries(statement, "Condition").flatMap(([operator, keys]) =>
      entries(keys).map(([key]) => ({ operator, key: key.toLowerCase(), values: strings(keys, key) })),
    ),
  };
}

function principalsOf(statement: unknown): readonly Principal[] {
  const principal = read(statement, "Principal");
  if (principal === "*") return [{ kind: "*", id: "*" }];
  return entries(principal).flatMap(([kind]) => strings(principal, kind).map((id) => ({ kind, id })));
}

function entries(from: unknown, ...path: string[]): [string, unknown][] {
  const value = read(from, ...path);
  if (value === null || typeof value !== "object") return [];
  return Object.keys(value).map((key) => [key, read(value, key)]);
}

function strings(from: unknown, ...path: string[]): readonly string[] {
  return knownList(from, ...path).map(String);
}

/** Whether everybody is meant. */
export const isEverybody = ({ kind, id }: Principal): boolean => id === "*" && (kind === "*" || kind === "AWS");

/** Whether the statement holds only under a condition with one of these keys (given in lower case). */
export const isBoundBy = (statement: Statement, ...keys: readonly string[]): boolean =>
  statement.conditions.some(({ key }) => keys.includes(key));

/** Whether a statement refuses, to everybody and for one of the given actions (or all), what is asked without TLS. */
export function refusesPlainText(statement: Statement, ...wanted: readonly string[]): boolean {
  return (
    statement.effect === "Deny" &&
    !statement.inverted &&
    statement.principals.some(isEverybody) &&
    statement.actions.some((action) => action === "*" || wanted.includes(action)) &&
    statement.conditions.length === 1 &&
    statement.conditions.some(
      ({ operator, key, values }) =>
        operator === "Bool" && key === "aws:securetransport" && values.length === 1 && values[0] === "false",
    )
  );
}
