import {
  at,
  daily,
  defineDataset,
  float,
  fresherThan,
  integer,
  json,
  jsonBody,
  relay,
  text,
  timestamp,
  token,
  when,
} from "tidegate";
import { each } from "./formats/each.ts";

/** NEWEST keeps its order between pages, which the default, RANKING, does not. Posts come in pages of at most 20. */
const QUERY = `query Posts($after: String, $postedAfter: DateTime!, $postedBefore: DateTime!, $featured: Boolean) {
  posts(first: 20, order: NEWEST, after: $after, postedAfter: $postedAfter, postedBefore: $postedBefore, featured: $featured) {
    edges { node {
      id name slug tagline description url website votesCount commentsCount reviewsRating createdAt featuredAt
      topics(first: 5) { edges { node { slug } } }
    } }
    pageInfo { endCursor hasNextPage }
  }
}`;

/** Points that a page of this query takes, by the rules of the library that the API is made with; its headers say the truth. */
const COST = 505;

export default defineDataset({
  name: "product_hunt_posts",
  title: "Posts of Product Hunt",
  description: "What Product Hunt featured, with votes and comments as they were a week later.",
  source: {
    kind: "http",
    url: "https://api.producthunt.com",
    auth: token({ secret: "PRODUCT_HUNT_TOKEN" }),
    budget: [{ requests: 6_250, per: "15 minutes", counts: "cost" }],
    budgetHeaders: { remaining: "X-Rate-Limit-Remaining", reset: { header: "X-Rate-Limit-Reset", as: "seconds left" } },
    windows: { step: "1 day", granularity: "1 day", lookback: "7 days" },
    request: ({ partition, window, page }) => ({
      path: ["v2", "api", "graphql"],
      body: {
        graphql: QUERY,
        variables: {
          after: page.token,
          // Whether the ends belong to the range is not documented: a row beyond the window is left out.
          postedAfter: new Date(window.start.milliseconds - 1_000).toISOString(),
          postedBefore: window.end,
          featured: partition.feed === "featured" ? true : undefined,
        },
      },
      cost: COST,
    }),
    pages: relay("data.posts"),
    format: jsonBody({ rows: "data.posts.edges" }),
    responses: [
      when({ status: 401 }).fail(
        "Product Hunt does not take the token: set PRODUCT_HUNT_TOKEN to one made at producthunt.com/v2/oauth/applications",
        "dataset",
      ),
      when({ status: 429 }).limited({ header: "X-Rate-Limit-Reset", as: "seconds left" }),
    ],
    rows: ({ node }) => ({
      id: at(node, "id"),
      name: at(node, "name"),
      slug: at(node, "slug"),
      tagline: at(node, "tagline"),
      description: at(node, "description"),
      url: at(node, "url"),
      website: at(node, "website"),
      votes: at(node, "votesCount"),
      comments: at(node, "commentsCount"),
      // Nothing is rated 0: it stands for a product without reviews.
      rating: at(node, "reviewsRating") || null,
      topics: each(at(node, "topics.edges"), "node.slug"),
      created_at: at(node, "createdAt"),
      featured_at: at(node, "featuredAt"),
    }),
  },
  partitions: { feed: ["featured"] },
  schema: {
    feed: text({ description: "featured, or all" }),
    id: text(),
    name: text(),
    slug: text(),
    tagline: text(),
    description: text({ nullable: true }),
    url: text(),
    website: text({ nullable: true }),
    votes: integer({ description: "As of the last asking" }),
    comments: integer({ description: "As of the last asking" }),
    rating: float({ nullable: true, description: "Mean of the reviews, up to 5" }),
    topics: json({ nullable: true, description: "List of slugs, the first five" }),
    created_at: timestamp(),
    featured_at: timestamp("iso", { nullable: true }),
  },
  key: ["feed", "id"],
  cursor: "created_at",
  calendar: "24/7",
  backfillFrom: "2026-11-01",
  checks: [fresherThan("3 days")],
  schedule: daily("08:30", "UTC"),
  load: { warehouse: { sortBy: ["created_at"] }, database: true },
});
