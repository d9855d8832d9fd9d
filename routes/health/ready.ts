/** `GET /health/ready`: whether a run could be started now. */

import { z } from "zod";
import { endpoint, mayDo, reply } from "../../server/mod.ts";

const reason = z.object({
  code: z.string().meta({ description: "closing, disk_full or output_not_writable" }),
  message: z.string().optional().meta({ description: "told to those who may read" }),
});
const ready = z.object({ status: z.literal("ready") });
const notReady = z.object({ status: z.literal("not_ready"), reasons: z.array(reason) });

export const GET = endpoint({
  operationId: "getReadiness",
  summary: "Whether a simulation could be started now",
  description: "Writes to the output folder to find out, at most once a second.",
  tags: ["server"],
  scope: null,
  responses: {
    200: { description: "it could", schema: ready },
    503: { description: "it could not", schema: notReady },
  },
  handle: async (_, { operations, principal }) => {
    const obstacles = await operations.obstacles();
    if (obstacles.length === 0) return { status: "ready" as const };
    // Paths are nobody's business who has no key.
    const isTold = mayDo(principal, "read");
    const reasons = obstacles.map(({ code, message }) => ({ code, ...(isTold && { message }) }));
    return reply(503, { status: "not_ready", reasons }, { "retry-after": "5" });
  },
});
