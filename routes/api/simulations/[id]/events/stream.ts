/** `GET /api/simulations/{id}/events/stream`: one simulation, live. */

import { z } from "zod";
import { endpoint, intParam, lastEventId, problem, runIdParam } from "../../../../../server/mod.ts";

export const GET = endpoint({
  operationId: "streamSimulation",
  summary: "Events of a simulation as they happen",
  description: "Server-sent events. First `status` tells how the run stands; then come its numbered events from the " +
    "one after `after` on, each `event: event` with its number as `id:`, then new ones as they happen. Beside them, " +
    "without number, `status`, `progress`, `cost`, `waiting` and `decision`; to a client that is too slow for these " +
    "only the newest of each is told, and `missed` says how many were skipped. Numbered events are never skipped. When " +
    "the run has ended comes `end`, with the number of its last event, and the stream closes; when the server stops, " +
    "`closing`; when the key is revoked or the session over, `error`. Who comes back with `Last-Event-ID`, as browsers do, goes on where it was.",
  tags: ["simulations"],
  scope: "read",
  params: z.object({ id: runIdParam }),
  query: z.object({ after: intParam(0).default(0).describe("number of the last event that the client has") }),
  headers: { "Last-Event-ID": "as `after`, and before it" },
  responses: {
    200: { description: "the stream", content: "text/event-stream" },
    404: problem("unknown_run"),
    422: problem("invalid_request"),
    429: problem("too_many_own_streams"),
    503: problem("closing", "too_many_streams"),
  },
  handle: async ({ params: { id }, query }, { streams, request }) => {
    const after = lastEventId(request, intParam(0)) ?? query.after;
    return await streams.events([{ run_id: id, after }], "number", request.method === "HEAD");
  },
});
