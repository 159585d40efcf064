import type { Interval } from "../dataset/interval.ts";
import type { Holding } from "../store/lease.ts";
import type { PageInFlight } from "../store/state.ts";
import type { Todo } from "./plan.ts";
import { Team } from "./team.ts";

/** Partitions that one worker takes at once. */
export interface Unit {
  readonly partitions: readonly string[];
  /** How many windows they are expected to need. */
  readonly windows: number;
}

/** Partitions that need the same windows, at most `size` together. */
export function unitsOf(todos: ReadonlyMap<string, Todo>, size: number): Unit[] {
  const alike = Map.groupBy(todos, ([, { windows }]) => (size > 1 ? spell(windows) : undefined));
  return [...alike.values()].flatMap((same) =>
    chunks(same, size).map((chunk) => ({
      partitions: chunk.map(([partition]) => partition),
      windows: chunk[0]?.[1].windows.length ?? 0,
    })),
  );
}

/** A team and what it is to be asked. */
export interface Task {
  readonly team: Team;
  readonly windows: readonly Interval[];
  readonly page: PageInFlight | undefined;
}

/** What is held may differ from what was expected: those that need the same, and are at the same place, go on together. */
export function tasksOf(held: readonly { readonly holding: Holding; readonly todo: Todo }[]): Task[] {
  const alike = Map.groupBy(held, ({ holding: { partition }, todo: { windows, page } }) =>
    JSON.stringify([spell(windows), page && [page.window.start, page.window.end, page.batch ?? partition]]),
  );
  return [...alike.values()].map((same) => {
    const pages = same.flatMap(({ todo: { page } }) => page ?? []);
    // A crash between the records of one page leaves some of the batch a page ahead.
    const page = pages.reduce<PageInFlight | undefined>(
      (least, one) => (least && least.number <= one.number ? least : one),
      undefined,
    );
    const members = same.map(({ holding }) => holding);
    return { team: new Team(members, page?.batch), windows: same[0]?.todo.windows ?? [], page };
  });
}

const spell = (windows: readonly Interval[]): string => windows.map(({ start, end }) => `${start}-${end}`).join();

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
