/** `GET /openapi.json`: the description of the API. */

import { VERSION } from "../runner/mod.ts";
import { apiDescription, type RequestContext, tagged } from "../server/mod.ts";

const HEADERS = { "content-type": "application/json", "cache-control": "private, no-cache" };

export const handler = {
  async GET(context: RequestContext): Promise<Response> {
    return tagged(await apiDescription(await context.endpoints(), VERSION), HEADERS, context.request);
  },
};
