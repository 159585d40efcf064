/** A part of a state machine's definition, in Amazon States Language. */
type Part = Readonly<Record<string, unknown>>;

/** A task on ECS that a run of a state machine starts. */
export interface TaskStart {
  /** Family or ARN of the task definition. */
  readonly taskDefinition: string;
  /** The step that it does, from its environment; empty when it says none. */
  readonly step: string;
  /** How often in a run. */
  readonly times: number;
  /** Weight by capacity provider. */
  readonly providers: ReadonlyMap<string, number>;
  readonly hasPublicAddress: boolean;
}

/** What one run without incidents does. */
export interface Course {
  readonly transitions: number;
  /** Events that it puts on a bus. */
  readonly events: number;
  /** Datasets that its events are about. */
  readonly tells: readonly string[];
  readonly tasks: readonly TaskStart[];
}

/**
 * The longest way through a state machine on which nothing fails: no Catch, no Retry. Where it branches the longer way counts,
 * so that a run is at most as dear as this.
 * @param definition as parsed JSON
 * @param items how many items every Map has
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
 */
export function courseOf(definition: unknown, items: number): Course {
  return machineCourse(definition, { items, capacity: undefined });
}

interface Scope {
  readonly items: number;
  /** The capacity provider strategy that an enclosing state hands to its tasks. */
  readonly capacity: unknown;
}

const NOTHING: Course = { transitions: 0, events: 0, tells: [], tasks: [] };

function machineCourse(machine: unknown, scope: Scope): Course {
  const states = part(part(machine).States);
  const known = new Map<string, Course>();
  const courseFrom = (name: string, way: readonly string[]): Course => {
    const done = known.get(name);
    if (done) return done;
    if (!(name in states) || way.includes(name)) return NOTHING;
    const state = part(states[name]);
    const ways = successors(state).map((next) => courseFrom(next, [...way, name]));
    const longest = ways.reduce((best, one) => (one.transitions > best.transitions ? one : best), NOTHING);
    const course = together([stateCourse(state, scope), longest]);
    known.set(name, course);
    return course;
  };
  return courseFrom(String(part(machine).StartAt), []);
}

const successors = (state: Part): string[] =>
  [state.Default, state.Next, ...list(state.Choices).map((choice) => part(choice).Next)].filter(
    (name) => typeof name === "string",
  );

function stateCourse(state: Part, scope: Scope): Course {
  const own: Course = { ...NOTHING, transitions: 1 };
  const inner = { ...scope, capacity: part(state.ItemSelector ?? state.Parameters).capacity ?? scope.capacity };
  if (state.Type === "Parallel")
    return together([own, ...list(state.Branches).map((branch) => machineCourse(branch, inner))]);
  if (state.Type === "Map")
    return together([own, times(scope.items, machineCourse(state.ItemProcessor ?? state.Iterator, inner))]);
  if (state.Type !== "Task") return own;
  const resource = String(state.Resource);
  if (resource.includes(":::events:putEvents")) {
    const entries = list(part(state.Parameters).Entries);
    const tells = entries.map((entry) => String(part(part(entry).Detail).dataset));
    return { ...own, events: entries.length, tells };
  }
  if (/:::ecs:runTask/.test(resource)) return { ...own, tasks: [taskStart(part(state.Parameters), scope)] };
  return own;
}

function taskStart(parameters: Part, { capacity }: Scope): TaskStart {
  const strategy = list(parameters.CapacityProviderStrategy ?? capacity).map(part);
  const network = part(part(parameters.NetworkConfiguration).AwsvpcConfiguration);
  const environment = list(part(parameters.Overrides).ContainerOverrides).flatMap((container) =>
    list(part(container).Environment).map(part),
  );
  return {
    taskDefinition: String(parameters.TaskDefinition),
    step: String(environment.find(({ Name }) => Name === "TIDEGATE_STEP")?.Value ?? ""),
    times: 1,
    providers: new Map(strategy.map(({ CapacityProvider, Weight }) => [String(CapacityProvider), Number(Weight ?? 0)])),
    hasPublicAddress: network.AssignPublicIp === "ENABLED",
  };
}

const together = (courses: readonly Course[]): Course => ({
  transitions: courses.reduce((sum, { transitions }) => sum + transitions, 0),
  events: courses.reduce((sum, { events }) => sum + events, 0),
  tells: courses.flatMap(({ tells }) => tells),
  tasks: courses.flatMap(({ tasks }) => tasks),
});

const times = (count: number, { transitions, events, tells, tasks }: Course): Course => ({
  transitions: transitions * count,
  events: events * count,
  tells,
  tasks: tasks.map((task) => ({ ...task, times: task.times * count })),
});

const part = (value: unknown): Part => (value !== null && typeof value === "object" ? (value as Part) : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
