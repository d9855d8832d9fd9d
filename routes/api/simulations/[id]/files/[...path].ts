/** `GET /api/simulations/{id}/files/{path}`: one file that the simulation has written. */

import { z } from "zod";
import { endpoint, problem, runIdParam } from "../../../../../server/mod.ts";

export const GET = endpoint({
  operationId: "getFile",
  summary: "One file that a simulation has written",
  description: "Always as something to be saved, whatever is in it: a browser shows none of it.",
  tags: ["records"],
  scope: "read",
  params: z.object({ id: runIdParam, path: z.string().min(1).max(4000) }),
  responses: {
    200: { description: "the file", content: "application/octet-stream" },
    404: problem("unknown_run", "unknown_file"),
  },
  handle: async ({ params: { id, path } }, { app, request }) => {
    const { bytes, content } = await app.file(id, path);
    const name = path.split("/").at(-1)!;
    const headers = {
      "content-type": "application/octet-stream",
      "content-length": String(bytes),
      "content-disposition": `attachment; filename*=UTF-8''${encoded(name)}`,
      "cache-control": "private, no-store",
    };
    if (request.method !== "HEAD") return new Response(content, { headers });
    await content.cancel();
    return new Response(null, { headers });
  },
});

/** As RFC 8187 has it; halves of characters, which no address can hold, are left out. */
function encoded(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
