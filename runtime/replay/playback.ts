import type { Answer } from "./faults.ts";
import { REDACTED } from "./redact.ts";
import type { Asked, Handler } from "./server.ts";

/** An answer that a real source once gave. */
export interface Recording {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** What is redacted matches any value. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Of the request; empty when there was none. */
  readonly body: string;
  /** @param origin of the server that is asked, `http://127.0.0.1:4400` */
  read(origin: string): Promise<Answer>;
}

/** Known requests that a refusal names at most. */
const NAMED = 20;

/**
 * Answers as it was recorded: the same method, path, query in any order, and body. A request that was recorded several times
 * gets its answers in their order, and the last one from then on; one that was not gets a 404 with what is known.
 */
export function playback(recordings: readonly Recording[]): Handler {
  const places = new Map<string, Place>();
  for (const recording of recordings) {
    const name = placeOf(recording);
    const place = places.get(name) ?? new Place();
    places.set(name, place);
    place.add(recording);
  }
  return (asked) => {
    const found = places.get(placeOf(asked))?.next([...asked.query], asked.body);
    return found ? found.read(`http://${asked.headers.host}`) : notRecorded(asked, recordings);
  };
}

const placeOf = ({ method, path }: Pick<Recording, "method" | "path">): string => `${method} ${path}`;

/** Everything that was recorded of one path. */
class Place {
  readonly #recordings: Recording[] = [];
  readonly #answered = new Map<string, number>();

  add(recording: Recording): void {
    this.#recordings.push(recording);
  }

  next(query: Recording["query"], body: string): Recording | undefined {
    const redacted = new Set(
      this.#recordings.flatMap((one) => one.query.filter(([, value]) => value === REDACTED).map(([name]) => name)),
    );
    const wanted = identity(query, body, redacted);
    const matching = this.#recordings.filter((one) => identity(one.query, one.body, redacted) === wanted);
    const times = this.#answered.get(wanted) ?? 0;
    this.#answered.set(wanted, times + 1);
    return matching[times] ?? matching.at(-1);
  }
}

const identity = (query: Recording["query"], body: string, without: ReadonlySet<string>): string =>
  JSON.stringify([
    query
      .filter(([name]) => !without.has(name))
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
    body,
  ]);

function notRecorded(asked: Asked, recordings: readonly Recording[]): Answer {
  const here = recordings.filter((one) => placeOf(one) === placeOf(asked));
  const paths = [...new Set(recordings.map(placeOf))];
  return {
    status: 404,
    body: JSON.stringify(
      {
        error: "not recorded",
        asked: spell({ ...asked, query: [...asked.query] }),
        known: here.length ? here.slice(0, NAMED).map(spell) : paths.slice(0, NAMED),
        recordings: here.length || recordings.length,
      },
      null,
      2,
    ),
  };
}

const spell = ({ method, path, query, body }: Pick<Recording, "method" | "path" | "query" | "body">): string =>
  `${method} ${path}${query.length ? `?${query.map((pair) => pair.join("=")).join("&")}` : ""}${body ? ` ${body}` : ""}`;
