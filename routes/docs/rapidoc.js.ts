/** `GET /docs/rapidoc.js`: RapiDoc, from its package. */

import { type RequestContext, tagged } from "../../server/mod.ts";

const HEADERS = { "content-type": "text/javascript; charset=utf-8", "cache-control": "private, no-cache" };

export const handler = {
  async GET({ request }: RequestContext): Promise<Response> {
    // Loaded when somebody asks: the server's start does not wait for it.
    const { default: bytes } = await import("rapidoc/dist/rapidoc-min.js", { with: { type: "bytes" } });
    return tagged(bytes, HEADERS, request);
  },
};
