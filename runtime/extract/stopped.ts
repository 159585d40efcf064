import { secretsOfAuth } from "../dataset/auth.ts";
import type { ResolvedSource } from "../dataset/source.ts";

/** Nothing that another attempt or another partition could mend. */
export class DatasetFailed extends Error {
  override readonly name = "DatasetFailed";
  readonly fix: string | undefined;

  constructor(problem: string, fix?: string) {
    super(problem);
    this.fix = fix;
  }
}

/** The answer to a window does not prove that it is complete. */
export class Incomplete extends Error {
  override readonly name = "Incomplete";
}

/** Rows have moved between the pages while they were asked for: asked again from the first one, the window may be complete. */
export class Shifted extends Incomplete {}

/** What a source that refuses everything is told about: its secrets, where it has any. */
export function refused(source: ResolvedSource, problem: string): DatasetFailed {
  const secrets = secretsOfAuth(source.auth);
  if (secrets.length === 0) return new DatasetFailed(problem);
  const names = secrets.length > 1 ? `${secrets.slice(0, -1).join(", ")} and ${secrets.at(-1)}` : secrets[0];
  return new DatasetFailed(
    problem,
    `set ${names} to ${secrets.length > 1 ? "valid values" : "a valid value"}, then run again`,
  );
}
