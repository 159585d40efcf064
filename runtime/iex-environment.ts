import { type Fault, UserError } from "./dataset/errors.ts";
import { isAllowedUrl } from "./dataset/source-shape.ts";

/** The names that the IEX ingestion service knew, taken over as they were. */
export interface IexEnvironment {
  /** Where its lake is: `s3://bucket/prefix`; undefined without IEX_S3_BUCKET. */
  readonly lake: string | undefined;
  /** Base URL of the API, instead of the definition's. */
  readonly endpoint: string | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** @throws UserError with every wrong variable at once */
export function readIexEnvironment(variables: Variables): IexEnvironment {
  const { IEX_S3_BUCKET: bucket, IEX_S3_PREFIX: prefix, IEX_ENDPOINT: endpoint, IEX_TOKEN: token } = variables;
  const faults: Fault[] = [];
  if (bucket && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    faults.push({ path: "IEX_S3_BUCKET", problem: "is no name of a bucket", value: bucket });
  if (prefix && (/^\/|\/\//.test(prefix) || !prefix.endsWith("/")))
    faults.push({
      path: "IEX_S3_PREFIX",
      problem: "is no prefix",
      value: prefix,
      allowed: "with a / at its end only, such as iex/",
    });
  if (prefix && !bucket) faults.push({ path: "IEX_S3_PREFIX", problem: "is set without IEX_S3_BUCKET", value: prefix });
  if (endpoint && !isAllowedUrl(endpoint))
    faults.push({
      path: "IEX_ENDPOINT",
      problem: "is no base URL",
      value: endpoint,
      allowed: "https (http only for this machine), without a query",
    });
  // A secret is never shown, a wrong one neither.
  if (token !== undefined && (token.trim() === "" || /\s/.test(token.trim())))
    faults.push({ path: "IEX_TOKEN", problem: "is empty or has spaces in it" });
  if (faults.length) throw new UserError("the environment of IEX is wrong:", faults);
  return {
    lake: bucket ? `s3://${bucket}${prefix ? `/${prefix.replace(/\/$/, "")}` : ""}` : undefined,
    endpoint: endpoint || undefined,
  };
}
