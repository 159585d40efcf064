import { z } from "zod";
import { DURATION_PATTERN } from "./duration.ts";

export const duration = z.string().regex(DURATION_PATTERN, 'must be a duration such as "5 minutes" or "299 days"');
export const fn = z.custom<(...args: never[]) => unknown>((value) => typeof value === "function", "must be a function");
export const count = z.number().int().min(1);
const secret = z.string().regex(/^[A-Z][A-Z0-9_]*$/, "must be capital letters, digits and underscores");
const header = z.string().regex(/^[A-Za-z0-9-]+$/, "must be the name of a header");
const regex = z.instanceof(RegExp);
const url = z
  .string()
  .refine(isAllowedUrl, "must be an https URL (http only for this machine), without query or credentials");

const auth = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({
    kind: z.literal("headers"),
    headers: z.record(header, z.strictObject({ secret, prefix: z.string() })),
  }),
  z.strictObject({ kind: z.literal("query"), parameter: z.string().min(1), secret }),
  z.strictObject({ kind: z.literal("basic"), username: secret, password: secret }),
  z.strictObject({
    kind: z.literal("oauth2"),
    tokenUrl: url,
    clientId: secret,
    clientSecret: secret,
    refreshToken: secret.optional(),
    scope: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal("hmac"),
    key: secret,
    secret,
    passphrase: secret.optional(),
    algorithm: z.enum(["sha256", "sha384", "sha512"]),
    secretEncoding: z.enum(["utf8", "base64", "hex"]),
    encoding: z.enum(["hex", "base64"]),
    message: fn,
    headers: fn,
  }),
]);

const path = z.string().min(1);

const pages = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({
    kind: z.literal("counted"),
    size: count,
    last: z.union([z.enum(["empty", "short"]), z.strictObject({ total: path }), z.strictObject({ more: path })]),
    limit: count,
  }),
  z.strictObject({
    kind: z.literal("link"),
    at: z.union([z.strictObject({ header: z.literal("link") }), z.strictObject({ body: path })]),
    limit: count,
  }),
  z.strictObject({
    kind: z.literal("token"),
    at: z.union([z.strictObject({ header }), z.strictObject({ body: path })]),
    limit: count,
  }),
  z.strictObject({ kind: z.literal("relay"), at: path, limit: count }),
  z.strictObject({ kind: z.literal("keyset"), size: count, key: fn, limit: count }),
  z.strictObject({ kind: z.literal("export"), link: fn, every: duration, within: duration }),
]);

const flatFormats = [
  z.strictObject({ kind: z.literal("json"), rows: z.union([path, fn]).optional() }),
  z.strictObject({ kind: z.literal("ndjson") }),
  z.strictObject({
    kind: z.literal("csv"),
    delimiter: z.string().length(1).optional(),
    columns: z.array(z.string()).min(1).optional(),
  }),
  z.strictObject({ kind: z.literal("text"), rows: fn }),
] as const;

const format = z.discriminatedUnion("kind", [
  ...flatFormats,
  z.strictObject({ kind: z.literal("zip"), of: z.discriminatedUnion("kind", flatFormats) }),
]);

const status = z.number().int().min(100).max(599);
const reset = z.strictObject({ header, as: z.enum(["seconds left", "unix seconds"]) });
const message = z.string().optional();

const action = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.enum(["ok", "empty", "refreshAuth", "splitWindow", "restartWindow"]) }),
  z.strictObject({ kind: z.enum(["retry", "skipPartition", "endPartition"]), message }),
  z.strictObject({ kind: z.literal("limited"), reset: reset.optional(), message }),
  z.strictObject({ kind: z.literal("fail"), stop: z.enum(["partition", "dataset"]), message }),
]);

const rule = z.strictObject({
  test: z.strictObject({
    status: z.union([status, z.array(status).min(1)]).optional(),
    body: regex.optional(),
    headers: z.record(header, regex).optional(),
    json: fn.optional(),
  }),
  action,
});

/** What an HTTP source must look like; what its parts must have to do with each other is checked beside it. */
export const httpSource = z.strictObject({
  kind: z.literal("http"),
  url,
  hosts: z.array(z.string().regex(/^[a-z0-9.-]+(:\d+)?$/, "must be the name of a host")).optional(),
  privateNetwork: z.boolean().optional(),
  auth: auth.optional(),
  budget: z
    .array(
      z.strictObject({
        requests: count,
        per: duration,
        burst: count.optional(),
        counts: z.enum(["requests", "cost"]).optional(),
      }),
    )
    .min(1),
  budgetHeaders: z.strictObject({ remaining: header, reset }).optional(),
  concurrency: count.max(64).optional(),
  batch: count.optional(),
  windows: z.strictObject({
    step: duration,
    granularity: duration,
    over: z.string().optional(),
    lookback: duration.optional(),
    restatedBy: fn.optional(),
    snapshot: z.boolean().optional(),
  }),
  request: fn,
  pages,
  format: format.optional(),
  responses: z.array(rule).optional(),
  rows: fn,
});

export const partitionOrigin = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("rows"), dataset: z.string(), column: z.string(), where: fn.optional() }),
  z.strictObject({ kind: z.literal("requested") }),
]);

/** Whether it may be asked: https, or http on this machine, without query and credentials. */
export function isAllowedUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const parsed = new URL(value);
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(parsed.hostname);
  return (
    (parsed.protocol === "https:" || (parsed.protocol === "http:" && here)) &&
    !parsed.search &&
    !parsed.hash &&
    !parsed.username &&
    !parsed.password
  );
}
