/** `GET /health`: whether the process lives. */

import { z } from "zod";
import { endpoint } from "../../server/mod.ts";

export const GET = endpoint({
  operationId: "getHealth",
  summary: "Whether the server lives",
  description: "Asks nothing of the disk. Whether it can do its work, /health/ready says.",
  tags: ["server"],
  scope: null,
  responses: { 200: { description: "it does", schema: z.object({ status: z.literal("ok") }) } },
  handle: () => ({ status: "ok" as const }),
});
