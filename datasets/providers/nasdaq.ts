import { token, when } from "tidegate";

/** Answers with an error of Nasdaq Data Link carry a code, whatever their status: https://docs.data.nasdaq.com/docs/error-codes */
const coded = (codes: string) => when({ body: new RegExp(`"quandl_error"\\s*:\\s*\\{[^}]*"code"\\s*:\\s*"${codes}"`) });

/** Tables of Nasdaq Data Link, with the limits of a key without a subscription: https://docs.data.nasdaq.com/docs/rate-limits-1 */
export const nasdaqTables = {
  kind: "http",
  url: "https://data.nasdaq.com/api/v3/datatables",
  // Files that were exported; they are fetched without the key.
  hosts: ["aws-gis-link-pro-us-east-1-datahub.s3.amazonaws.com"],
  auth: token({ secret: "NASDAQ_DATA_LINK_API_KEY", header: "X-Api-Token", prefix: "" }),
  budget: [
    { requests: 300, per: "10 seconds" },
    { requests: 2_000, per: "10 minutes" },
    { requests: 50_000, per: "1 day" },
  ],
  concurrency: 1,
  responses: [
    coded("QELx0[1-3]").limited(undefined, "the calls of a day are used up"),
    coded("QELx0[45]").limited(undefined, "the calls of ten minutes are used up"),
    coded("QELx0[68]").splitWindow(),
    coded("QELx07").fail("the request is too long: make the source's batch smaller", "dataset"),
    coded("QEAx07").retry("not ready yet"),
    coded("QEA.*").fail("set NASDAQ_DATA_LINK_API_KEY to the key of your account", "dataset"),
    coded("QEP.*").fail("the account's subscription does not include this table", "dataset"),
    coded("QESx06").restartWindow(),
    coded("QES.*").fail("the definition asks for what the table does not have", "dataset"),
    coded("QEC.*").fail("there is no such table", "dataset"),
    coded("QE[MX].*").retry(),
  ],
} as const;
