/** `GET /api/simulations/{id}/stream`: a web socket that tells how a simulation stands. */

import { z } from "zod";
import { endpoint, problem, runIdParam } from "../../../../server/mod.ts";

export const GET = endpoint({
  operationId: "watchSimulation",
  summary: "Turn and state of a simulation, by web socket",
  description: "Sends `{type, run_id, turn, status, state: {agents, global_state} | null}`: at once, then when " +
    "something has changed, at most once a second. `type` is `progress`, and `complete` in the last message, after " +
    "which the socket is closed. What the client sends is ignored; more than 16 KiB at once close the socket with 1009, more " +
    "than 100 messages a minute with 1008. It is closed with 4401 when the key is revoked or the session over.",
  tags: ["simulations"],
  scope: "read",
  params: z.object({ id: runIdParam }),
  responses: {
    101: { description: "the web socket" },
    404: problem("unknown_run"),
    426: problem("upgrade_required"),
    429: problem("too_many_own_streams"),
    503: problem("closing", "too_many_streams"),
  },
  handle: ({ params: { id } }, { streams, request }) => streams.socket(id, request),
});
