import { UserError } from "../dataset/errors.ts";

/** The command was called wrongly: exit code 2 instead of 1. */
export class UsageError extends UserError {}
