/** `POST /api/session` gives a browser a cookie for its key: EventSource and WebSocket cannot send headers. */

import { z } from "zod";
import { endpoint, problem, ProblemError, reply, SCOPES } from "../../server/mod.ts";

export const POST = endpoint({
  operationId: "beginSession",
  summary: "Begin a session: a cookie in place of the key",
  description: "The cookie is HttpOnly and SameSite=Strict, lasts 12 hours, and is worth what its key is worth.",
  tags: ["session"],
  scope: null,
  body: z.strictObject({ key: z.string().min(1).max(512).describe("a key of this server") }),
  bodyLimit: 8192,
  responses: {
    200: {
      description: "who has signed in",
      schema: z.object({ name: z.string(), scopes: z.array(z.enum(SCOPES)) }),
      headers: { "Set-Cookie": "the session" },
    },
    401: problem("bad_key"),
    409: problem("no_keys"),
    429: problem("too_many_wrong_keys"),
  },
  handle: ({ body: { key } }, { sessions, address, note }) => {
    if (!sessions.needed) {
      throw new ProblemError(409, "no_keys", "this server needs no keys: there is nothing to sign in to");
    }
    const { cookie, principal } = sessions.begin(key, address);
    note({ signed_in: principal.id });
    return reply(200, { name: principal.name, scopes: [...principal.scopes] }, { "set-cookie": cookie });
  },
});

export const DELETE = endpoint({
  operationId: "endSession",
  summary: "End the session",
  tags: ["session"],
  scope: null,
  responses: { 204: { description: "it is over, or there was none" } },
  handle: (_, { request, sessions }) => reply(204, undefined, { "set-cookie": sessions.end(request) }),
});
