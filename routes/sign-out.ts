/** `POST /sign-out` ends the session. */

import type { RequestContext } from "../server/mod.ts";

export const scope = null;

export const handler = {
  POST({ request, sessions }: RequestContext): Response {
    return new Response(null, { status: 303, headers: { location: "/sign-in", "set-cookie": sessions.end(request) } });
  },
};
