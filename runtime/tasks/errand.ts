import { messageOf, UserError } from "../dataset/errors.ts";
import { createLog, type Log } from "./log.ts";

/** A cloud task that does one thing: says in its log why it could not, and ends with exit code 1 then. */
export async function errand(work: (log: Log) => Promise<void>): Promise<void> {
  const log = createLog(process.stdout);
  try {
    await work(log);
  } catch (error) {
    log("error", messageOf(error), error instanceof UserError ? {} : { stack: (error as Error).stack });
    process.exitCode = 1;
  }
}
