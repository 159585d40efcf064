import type { Failures } from "./failures.ts";
import { callsAnswered } from "./pulumi-internals.ts";

/** How long a program may take to come to rest once it has been run, in milliseconds. */
const PATIENCE = 30_000;

const WORK = new Set(["Timeout", "Immediate", "FSReqCallback", "FSReqPromise", "ProcessWrap", "GetAddrInfoReqWrap"]);

/** How much this process still waits for: timers, files, child processes. */
export const activity = (): number => process.getActiveResourcesInfo().filter((name) => WORK.has(name)).length;

/** Lets everything run that is due now, failures that nobody awaits among it. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Waits until a program has made all its resources. Pulumi waits until its process has nothing left to do; here other things
 * live in the process, so it is until a turn of the event loop brought no resource and nothing of the program is still going on.
 * @param count how many resources there are by now
 * @param background what was going on before the program began
 * @throws the program's first failure, or an error when it does not come to rest
 */
export async function rested(count: () => number, failures: Failures, background: number): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  for (let before = -1; before !== count() || activity() > background; ) {
    before = count();
    await turn();
    await callsAnswered();
    failures.check();
    if (performance.now() > deadline) {
      throw new Error(`the program did not come to rest within ${PATIENCE / 1000} s: something in it goes on`);
    }
  }
}
