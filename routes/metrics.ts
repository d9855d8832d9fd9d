/** `GET /metrics`: what the server does and has done, for Prometheus. */

import { endpoint, METRICS_TYPE } from "../server/mod.ts";

export const GET = endpoint({
  operationId: "getServerMetrics",
  summary: "What the server does and has done, for Prometheus",
  description: "Counters start at 0 with the process.",
  tags: ["server"],
  scope: "read",
  responses: { 200: { description: "text in the exposition format 0.0.4", content: "text/plain" } },
  handle: async (_, { operations }) =>
    new Response(await operations.metrics(), {
      headers: { "content-type": METRICS_TYPE, "cache-control": "no-store" },
    }),
});
