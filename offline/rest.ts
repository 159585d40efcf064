import type { Failures } from "./failures.ts";
import { callsAnswered } from "./pulumi-internals.ts";

const WORK = new Set(["Timeout", "Immediate", "FSReqCallback", "FSReqPromise", "ProcessWrap", "GetAddrInfoReqWrap"]);

/** How much this process still waits for: timers, files, child processes. */
export const activity = (): number => process.getActiveResourcesInfo().filter((name) => WORK.has(name)).length;

/** Lets everything run that is due now, failures that nobody awaits among it. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Waits until a program has made all its resources. Pulumi waits until its process has nothing left to do; here other things
 * live in the process, so it is until every call is answered and nothing of the program is still going on.
 * @param background what was going on before the program began
 * @throws the program's first failure
 */
export async function rested(failures: Failures, background: number): Promise<void> {
  do {
    await turn();
    await Promise.race([callsAnswered(), failures.first]);
    failures.check();
  } while (activity() > background);
}
