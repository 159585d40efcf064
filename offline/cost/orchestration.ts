import type { RecordedResource } from "../record.ts";
import { amount, at } from "./read.ts";
import { startsOf } from "./runs.ts";
import type { CostItem, World } from "./world.ts";

/** Starts by a schedule. */
export function scheduleCost(schedule: RecordedResource, world: World): readonly CostItem[] {
  const starts = startsOf(schedule);
  return [world.item(starts, "scheduleStart", `${amount(starts)} starts`)];
}

/** What a state machine passes through in its runs, its share of what is free taken off; its events and traces. */
export function machineCost(machine: RecordedResource, world: World): readonly CostItem[] {
  const own = world.runs.machines.find((runs) => runs.machine === machine);
  if (!own || at(machine, "type") === "EXPRESS") return [];
  const all = world.runs.machines.reduce((sum, { perMonth, course }) => sum + perMonth * course.transitions, 0);
  const transitions = own.perMonth * own.course.transitions;
  const free = all > 0 ? Math.min(1, world.usage.freeTransitions / all) : 0;
  const runs = `${amount(own.perMonth)} runs of ${own.course.transitions} transitions`;
  const paid = `, ${Math.round((1 - free) * 100)} % of them paid,`;
  const items = [
    free === 1
      ? { monthly: 0, how: `${runs}, all of them free` }
      : world.item(transitions * (1 - free), "stateTransition", `${runs}${free > 0 ? paid : ""}`),
    world.item(own.perMonth * own.course.events, "customEvent", `${amount(own.perMonth * own.course.events)} events`),
  ];
  if (at(machine, "tracingConfiguration", "enabled") === true)
    items.push(world.item(own.perMonth, "trace", `${amount(own.perMonth)} traces`));
  return items;
}

/** Dead letters: each message is sent, received and deleted. */
export function queueCost(_queue: RecordedResource, world: World): readonly CostItem[] {
  const requests = world.usage.failuresPerMonth * 3;
  return [world.item(requests, "sqsRequest", `${amount(requests)} requests`)];
}

export function topicCost(_topic: RecordedResource, world: World): readonly CostItem[] {
  const { failuresPerMonth } = world.usage;
  return [world.item(failuresPerMonth, "snsPublish", `${amount(failuresPerMonth)} messages`)];
}
