/** `/api/settings`: what can be changed while the server runs. */

import { z } from "zod";
import { endpoint, problem } from "../../server/mod.ts";

const settings = z.object({
  max_concurrent: z.int().min(1).max(1000).meta({ description: "runs that play at once" }),
}).meta({ id: "Settings", examples: [{ max_concurrent: 5 }] });

export const GET = endpoint({
  operationId: "getSettings",
  summary: "What can be changed while the server runs",
  tags: ["server"],
  scope: "read",
  responses: { 200: { description: "the settings", schema: settings } },
  handle: (_, { app }) => ({ max_concurrent: app.maxConcurrent }),
});

export const PATCH = endpoint({
  operationId: "changeSettings",
  summary: "Change settings until the server stops",
  description: "More runs at once are started now; fewer wait until enough have ended.",
  tags: ["server"],
  scope: "admin",
  body: settings.partial().strict(),
  bodyExamples: { "eight at once": { max_concurrent: 8 } },
  responses: { 200: { description: "the settings", schema: settings }, 422: problem("bad_value") },
  handle: ({ body: { max_concurrent } }, { app }) => {
    if (max_concurrent !== undefined) app.maxConcurrent = max_concurrent;
    return { max_concurrent: app.maxConcurrent };
  },
});
