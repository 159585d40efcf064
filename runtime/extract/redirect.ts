import { Refused } from "./failure.ts";
import type { HttpAnswer, HttpRequest } from "./request.ts";

const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * The request that a redirect asks for, or undefined when the answer is none.
 * https://www.rfc-editor.org/rfc/rfc9110#section-15.4: 307 and 308 keep the method, of the others a GET comes.
 * @throws Refused when it names no URL
 */
export function afterRedirect(
  request: HttpRequest,
  { status, headers: { location } }: Pick<HttpAnswer, "status" | "headers">,
): Omit<HttpRequest, "shown"> | undefined {
  if (!REDIRECTS.includes(status) || location === undefined) return undefined;
  if (!URL.canParse(location, request.url))
    throw new Refused(`${new URL(request.url).host} redirects to what is no URL`);
  const url = new URL(location, request.url).href;
  const { method, headers, body, cost } = request;
  if (status === 307 || status === 308) return { method, url, headers, ...(body === undefined ? {} : { body }), cost };
  const { "content-type": _, ...others } = headers;
  return { method: "GET", url, headers: others, cost };
}
