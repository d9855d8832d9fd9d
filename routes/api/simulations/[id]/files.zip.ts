/** `GET /api/simulations/{id}/files.zip`: what the simulation has written into `files/`. */

import { endpoint, problem } from "../../../../server/mod.ts";
import { params } from "../_parts/steering.ts";

export const GET = endpoint({
  operationId: "getFiles",
  summary: "Files that a simulation has written, as a zip archive",
  tags: ["records"],
  scope: "read",
  params,
  responses: {
    200: { description: "the archive, made while it is sent", content: "application/zip" },
    404: problem("unknown_run"),
  },
  handle: async ({ params: { id } }, { app, request }) => {
    const { run_id } = await app.status(id);
    const headers = {
      "content-type": "application/zip",
      "content-disposition": `attachment; filename="${run_id}.zip"`,
      "cache-control": "private, no-store",
    };
    if (request.method === "HEAD") return new Response(null, { headers });
    return new Response(await app.filesZip(run_id), { headers });
  },
});
