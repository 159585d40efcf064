import { buildSchema, type DocumentNode, Kind, type SelectionSetNode, type ValueNode } from "graphql";

/** Posts per page; more are never given. */
export const LARGEST_PAGE = 20;

/** The part of the API's schema that is served: https://api-v2-docs.producthunt.com/query/posts/ */
export const schema = buildSchema(`
  scalar DateTime
  enum PostsOrder { FEATURED_AT NEWEST RANKING VOTES }
  type Query {
    posts(
      after: String, before: String, featured: Boolean, first: Int, last: Int, order: PostsOrder = RANKING,
      postedAfter: DateTime, postedBefore: DateTime, topic: String, twitterUrl: String
    ): PostConnection!
  }
  type PostConnection { edges: [PostEdge!]! pageInfo: PageInfo! totalCount: Int! }
  type PostEdge { cursor: String! node: Post! }
  type PageInfo { endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String }
  type Post {
    id: ID! name: String! slug: String! tagline: String! description: String url: String! website: String!
    votesCount: Int! commentsCount: Int! reviewsRating: Float! createdAt: DateTime! featuredAt: DateTime userId: ID!
    topics(first: Int, after: String): TopicConnection!
  }
  type TopicConnection { edges: [TopicEdge!]! pageInfo: PageInfo! totalCount: Int! }
  type TopicEdge { cursor: String! node: Topic! }
  type Topic { id: ID! name: String! slug: String! }
`);

const CONNECTIONS = ["posts", "topics"];

type Variables = Readonly<Record<string, unknown>>;

/**
 * Points of a query: one for each field, and those inside of a connection as often as its page has room. This is how graphql-ruby
 * counts by default (https://graphql-ruby.org/queries/complexity_and_depth); how Product Hunt counts is not documented.
 */
export function complexityOf(document: DocumentNode, variables: Variables): number {
  return document.definitions.reduce(
    (sum, one) => sum + (one.kind === Kind.OPERATION_DEFINITION ? inside(one.selectionSet, variables) : 0),
    0,
  );
}

function inside(set: SelectionSetNode | undefined, variables: Variables, size = 1): number {
  let sum = 0;
  for (const node of set?.selections ?? []) {
    if (node.kind !== Kind.FIELD) continue;
    if (CONNECTIONS.includes(node.name.value)) {
      const first = node.arguments?.find(({ name }) => name.value === "first");
      sum += 1 + inside(node.selectionSet, variables, sizeOf(first?.value, variables));
    } else if (node.name.value === "edges") sum += 1 + size * inside(node.selectionSet, variables);
    else sum += 1 + inside(node.selectionSet, variables);
  }
  return sum;
}

function sizeOf(value: ValueNode | undefined, variables: Variables): number {
  const given =
    value?.kind === Kind.INT
      ? Number(value.value)
      : value?.kind === Kind.VARIABLE
        ? Number(variables[value.name.value])
        : LARGEST_PAGE;
  return Math.min(given, LARGEST_PAGE);
}
