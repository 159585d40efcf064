/** The part of the Amazon States Language that pipelines are written in. https://states-language.net/ */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A payload template: keys that end with `.$` hold a path or an intrinsic function. */
export type Template = { readonly [key: string]: Json };

/** A test of a Choice. */
export type Rule =
  | { readonly And: readonly Rule[] }
  | { readonly Or: readonly Rule[] }
  | { readonly Variable: string; readonly IsPresent: boolean }
  | { readonly Variable: string; readonly IsTimestamp: boolean }
  | { readonly Variable: string; readonly StringEquals: string }
  | { readonly Variable: string; readonly StringMatches: string }
  | { readonly Variable: string; readonly NumericEquals: number }
  | { readonly Variable: string; readonly NumericGreaterThanEquals: number }
  | { readonly Variable: string; readonly BooleanEquals: boolean };

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: "FULL";
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly ResultPath: string;
  readonly Next: string;
}

/** Where a state leads; exactly one of both. */
interface Exit {
  readonly Next?: string;
  readonly End?: true;
}

interface Result {
  readonly ResultSelector?: Template;
  /** `null` drops the result and hands the input on. */
  readonly ResultPath?: string | null;
}

export interface PassState extends Exit {
  readonly Type: "Pass";
  readonly Comment?: string;
  readonly Parameters?: Template;
  readonly Result?: Json;
  readonly ResultPath?: string;
}

export interface ChoiceState {
  readonly Type: "Choice";
  readonly Comment?: string;
  readonly Choices: readonly (Rule & { readonly Next: string })[];
  readonly Default: string;
}

export type WaitState = Exit & { readonly Type: "Wait" } & (
    | { readonly SecondsPath: string }
    /** To a time of the form `2026-03-01T12:00:00Z`. */
    | { readonly TimestampPath: string }
  );

export interface TaskState extends Exit, Result {
  readonly Type: "Task";
  readonly Comment?: string;
  readonly Resource: string;
  readonly Parameters: Template;
  readonly TimeoutSeconds: number;
  readonly Retry: readonly Retrier[];
  readonly Catch: readonly Catcher[];
}

export interface ParallelState extends Exit, Result {
  readonly Type: "Parallel";
  readonly Parameters: Template;
  readonly Branches: readonly Machine[];
  readonly Catch: readonly Catcher[];
}

export interface MapState extends Exit, Result {
  readonly Type: "Map";
  readonly Comment?: string;
  readonly Label?: string;
  readonly ItemsPath?: string;
  readonly ItemReader?: {
    readonly Resource: string;
    readonly ReaderConfig: { readonly InputType: "JSON"; readonly ItemsPointer: string };
    readonly Parameters: Template;
  };
  readonly ItemSelector: Template;
  readonly MaxConcurrencyPath: string;
  readonly ItemProcessor: Machine & {
    readonly ProcessorConfig:
      | { readonly Mode: "INLINE" }
      | { readonly Mode: "DISTRIBUTED"; readonly ExecutionType: "STANDARD" };
  };
  readonly Catch: readonly Catcher[];
}

export interface SucceedState {
  readonly Type: "Succeed";
}

export interface FailState {
  readonly Type: "Fail";
  /** Names that begin with `States.` are Step Functions' own. */
  readonly Error: `Tidegate.${string}`;
  readonly CausePath: string;
}

export type State =
  | PassState
  | ChoiceState
  | WaitState
  | TaskState
  | ParallelState
  | MapState
  | SucceedState
  | FailState;

/** States that are entered at `StartAt`: a whole machine, a branch, or what is done for each item. */
export interface Machine {
  readonly Comment?: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A test that is false, not an error, where the variable is missing. */
export const where = (variable: string, test: TestOf<Rule>): Rule => ({
  And: [{ Variable: variable, IsPresent: true }, { Variable: variable, ...test } as Rule],
});

type TestOf<R> = R extends { readonly Variable: string } ? Omit<R, "Variable"> : never;

/** Matches every error that can be caught. */
export const ANY_ERROR = ["States.ALL"] as const;
