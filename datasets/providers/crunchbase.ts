import { token, when } from "tidegate";

/** Crunchbase's Data API v4: https://data.crunchbase.com/docs/using-the-api. It says nothing of what is left of the budget. */
export const crunchbase = {
  kind: "http",
  url: "https://api.crunchbase.com",
  auth: token({ secret: "CRUNCHBASE_USER_KEY", header: "X-cb-user-key", prefix: "" }),
  budget: [{ requests: 200, per: "1 minute" }],
} as const;

/** What every endpoint may answer. */
export const refusals = [
  when({ status: 401 }).fail(
    "Crunchbase does not know the key: set CRUNCHBASE_USER_KEY to that of a contract with access to the API",
    "dataset",
  ),
  when({ status: 403 }).fail("Crunchbase's licence does not include one of the fields that are asked for", "dataset"),
  when({ status: 426 }).fail("Crunchbase answers over https alone: the source's url must begin with https", "dataset"),
];
