import { type DocumentNode, executeSync, GraphQLError, parse, validate } from "graphql";
import {
  type Answer,
  type Asked,
  type ReplayOptions,
  type ReplayServer,
  startReplay,
} from "../../../runtime/replay/server.ts";
import { type Post, postsBetween } from "./posts.ts";
import { complexityOf, LARGEST_PAGE, schema } from "./product-hunt-schema.ts";
import { fixedQuota } from "./quota.ts";

/** The token that the server takes unless it is told another one. */
export const replayHuntToken = "replay-hunt-token";

export interface ProductHuntOptions extends ReplayOptions {
  /** @default replayHuntToken */
  readonly token?: string;
  /** Another seed is another world. @default 1 */
  readonly seed?: number;
  /** Points of complexity in 15 minutes. @default 6250; null for no limit */
  readonly points?: number | null;
}

const QUARTER = 15 * 60_000;
const YEAR = 365 * 86_400_000;

interface PostsArguments {
  readonly after?: string | null;
  readonly featured?: boolean | null;
  readonly first?: number | null;
  readonly order?: string;
  readonly postedAfter?: string | null;
  readonly postedBefore?: string | null;
  readonly topic?: string | null;
}

const json = (status: number, value: unknown): Answer => ({ status, body: JSON.stringify(value) });

/**
 * Product Hunt's GraphQL API with SYNTHETIC posts, which every answer says in the header `x-tidegate-synthetic: true`:
 * `POST /v2/api/graphql`, query `posts`, https://api.producthunt.com/v2/docs. As there, the budget is one of complexity, every
 * answer says what is left of it and how many seconds until it is whole again, a query with a mistake is answered with 200 and
 * `errors`, cursors are positions in the list, and votes go on growing. Served is the order NEWEST; neither end of the range
 * belongs to it, of which the documentation says nothing.
 */
export function startProductHunt(options: ProductHuntOptions = {}): Promise<ReplayServer> {
  const { token = replayHuntToken, seed = 1, points = 6_250, now = Date.now } = options;
  const quota = fixedQuota({ amount: points ?? Number.MAX_SAFE_INTEGER, every: QUARTER }, now);

  function handle(asked: Asked): Answer {
    if (asked.path !== "/v2/api/graphql" || asked.method !== "POST") return json(404, { error: "not_found" });
    if (asked.headers.authorization !== `Bearer ${token}`)
      return json(401, {
        data: null,
        errors: [{ error: "invalid_oauth_token", error_description: "Please supply a valid access token." }],
      });
    const answer = answered(asked.body);
    if (points === null) return answer;
    return {
      ...answer,
      headers: {
        "X-Rate-Limit-Limit": String(points),
        "X-Rate-Limit-Remaining": String(quota.remaining),
        "X-Rate-Limit-Reset": String(secondsLeft()),
      },
    };
  }

  const secondsLeft = (): number => Math.ceil((quota.resetAt - now()) / 1_000);

  function answered(body: string): Answer {
    let document: DocumentNode;
    let variables: Record<string, unknown>;
    try {
      const request = JSON.parse(body);
      variables = request.variables ?? {};
      document = parse(request.query);
    } catch (error) {
      return json(error instanceof GraphQLError ? 200 : 400, { errors: [{ message: (error as Error).message }] });
    }
    const mistakes = validate(schema, document);
    if (mistakes.length) return json(200, { errors: mistakes });
    if (!quota.take(complexityOf(document, variables)))
      return json(429, {
        data: null,
        errors: [
          {
            error: "rate_limit_reached",
            error_description: "Sorry. You have exceeded the API rate limit, please try again later.",
            details: { limit: points, remaining: quota.remaining, reset_in: secondsLeft() },
          },
        ],
      });
    return json(200, executeSync({ schema, document, rootValue: { posts }, variableValues: variables }));
  }

  function posts(asked: PostsArguments) {
    if (asked.order !== "NEWEST") throw new GraphQLError("This replay server has posts in the order NEWEST only");
    const time = now();
    const after = instant(asked.postedAfter, time - YEAR);
    const before = instant(asked.postedBefore, time + 1);
    const found = postsBetween(after, before, seed, time).filter(
      ({ created, featured, topics }) =>
        created > after &&
        created < before &&
        (asked.featured == null || featured === asked.featured) &&
        (!asked.topic || topics.includes(asked.topic)),
    );
    return connection(found.map(view), asked);
  }

  return startReplay(handle, options, { "x-tidegate-synthetic": "true" });
}

function instant(text: string | null | undefined, otherwise: number): number {
  if (text == null) return otherwise;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new GraphQLError(`'${text}' is no DateTime`);
  return time;
}

/** A Relay connection whose cursors are positions in the list, counted from 1, in Base64. */
function connection<T>(list: readonly T[], { after, first }: Pick<PostsArguments, "after" | "first">) {
  const start = after ? Number(Buffer.from(after, "base64").toString()) : 0;
  if (!Number.isInteger(start)) throw new GraphQLError(`Invalid cursor: '${after}'`);
  const edges = list.slice(start, start + Math.min(first ?? LARGEST_PAGE, LARGEST_PAGE)).map((node, index) => ({
    cursor: Buffer.from(String(start + index + 1)).toString("base64url"),
    node,
  }));
  return {
    edges,
    totalCount: list.length,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      hasNextPage: start + edges.length < list.length,
      hasPreviousPage: start > 0,
    },
  };
}

const seconds = (time: number): string => new Date(time).toISOString().replace(".000Z", "Z");

const view = (post: Post) => ({
  id: post.id,
  name: post.name,
  slug: post.slug,
  tagline: post.tagline,
  description: `${post.name} was never launched.`,
  url: `https://www.producthunt.example/posts/${post.slug}`,
  website: `https://www.producthunt.example/r/${post.id}`,
  votesCount: post.votes,
  commentsCount: post.comments,
  reviewsRating: post.rating ?? 0,
  createdAt: seconds(post.created),
  featuredAt: post.featured ? seconds(post.created) : null,
  userId: "0",
  topics: (asked: Pick<PostsArguments, "after" | "first">) =>
    connection(
      post.topics.map((slug, index) => ({ id: String(index + 1), name: slug.replaceAll("-", " "), slug })),
      asked,
    ),
});
