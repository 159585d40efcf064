import type { Clock } from "../dataset/clock.ts";
import type { Interval } from "../dataset/interval.ts";
import type { Holding } from "../store/lease.ts";
import type { PageInFlight } from "../store/state.ts";
import type { Todo } from "./plan.ts";
import type { Team } from "./team.ts";
import { tasksOf } from "./units.ts";
import { askWindow, type WindowTools } from "./window.ts";

export interface UnitOptions {
  readonly tools: WindowTools;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What a partition still needs. @param changed whether that is because its history has changed meanwhile */
  todoOf(holding: Holding, changed: boolean): Todo;
  /** More windows than were expected (or fewer, below 0). */
  onMore(windows: number): void;
  onDone(windows: number): void;
  /** The partitions of a team could not be brought in. */
  onProblem(team: Team, error: unknown): void;
}

/** Asks for all that the held partitions still need, then for what changed because of that. */
export async function bringIn(held: readonly Holding[], expected: number, options: UnitOptions): Promise<void> {
  const needed = held.map((holding) => ({ holding, todo: options.todoOf(holding, false) }));
  const failed = await askAll(needed, expected, options);
  // A history that has changed is asked again at once. That is done once, whatever its rows say then.
  const changed = held
    .filter((holding) => !failed.has(holding) && holding.state.again.length > 0)
    .map((holding) => ({ holding, todo: options.todoOf(holding, true) }));
  await askAll(changed, 0, options);
}

/** @param expected how many windows were @returns those that are not to be asked any more */
async function askAll(
  todos: readonly { readonly holding: Holding; readonly todo: Todo }[],
  expected: number,
  options: UnitOptions,
): Promise<ReadonlySet<Holding>> {
  const failed = new Set<Holding>();
  const tasks = tasksOf(todos);
  options.onMore(tasks.reduce((sum, { windows }) => sum + windows.length, 0) - expected);
  for (const { team, windows, page } of tasks) {
    if (options.signal.aborted) break;
    await new TeamRun(options, failed).run(team, windows, page);
  }
  return failed;
}

class TeamRun {
  readonly #options: UnitOptions;
  readonly #failed: Set<Holding>;

  constructor(options: UnitOptions, failed: Set<Holding>) {
    this.#options = options;
    this.#failed = failed;
  }

  async run(team: Team, windows: readonly Interval[], page: PageInFlight | undefined): Promise<void> {
    const members = team.members;
    const queue = [...windows];
    try {
      while (queue.length > 0 && !this.#options.signal.aborted) {
        const [window] = queue;
        if (!window) return;
        if (!(await this.#window(team, window, queue, page))) return;
      }
    } catch (error) {
      for (const member of members) this.#failed.add(member);
      if (!this.#options.signal.aborted) this.#options.onProblem(team, error);
    } finally {
      for (const member of members) if (!team.members.includes(member)) this.#failed.add(member);
    }
  }

  /** @returns whether the team goes on with what is left in the queue, the first of which is `window` */
  async #window(team: Team, window: Interval, queue: Interval[], page: PageInFlight | undefined): Promise<boolean> {
    const { tools, onDone, onMore } = this.#options;
    const resumed = page && page.window.start === window.start && page.window.end === window.end ? page : undefined;
    const outcome = await askWindow(team, window, resumed, tools);
    switch (outcome.kind) {
      case "covered":
        queue.shift();
        onDone(1);
        return true;
      case "split":
        queue.splice(0, 1, ...outcome.windows);
        onDone(1);
        onMore(outcome.windows.length);
        return true;
      case "lost":
        onDone(queue.length);
        return false;
      default:
        await this.#unknown(team, window, queue, outcome);
        return false;
    }
  }

  /** The source does not know one of the team: which one, smaller teams will tell. */
  async #unknown(
    team: Team,
    window: Interval,
    queue: readonly Interval[],
    { kind, message }: { readonly kind: "skipPartition" | "endPartition"; readonly message: string | undefined },
  ): Promise<void> {
    const { clock, onDone, onMore } = this.#options;
    if (team.asked.length > 1) {
      const smaller = team.halves();
      onMore((smaller.length - 1) * queue.length);
      for (const half of smaller) await this.run(half, queue, undefined);
      return;
    }
    onDone(queue.length);
    const aside = { at: clock.now(), ...(message === undefined ? {} : { message }) };
    team.change(({ page: _page, ...state }) =>
      kind === "skipPartition" ? { ...state, skipped: aside } : { ...state, ended: { ...aside, from: window.start } },
    );
    for (const member of team.members) this.#failed.add(member);
  }
}
