/** `GET /api/features`: what this server can do. */

import { z } from "zod";
import { VERSION } from "../../runner/mod.ts";
import { endpoint } from "../../server/mod.ts";

export const GET = endpoint({
  operationId: "getFeatures",
  summary: "What this server can do",
  tags: ["server"],
  scope: "read",
  responses: {
    200: {
      description: "switches of the configuration under `features:`",
      schema: z.object({ version: z.string(), simulatedUserMode: z.boolean() }),
    },
  },
  handle: (_, { features }) => ({ version: VERSION, ...features }),
});
