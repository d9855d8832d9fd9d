/**
 * `GET /docs/rapidoc.js`: RapiDoc 9.3.8 (MIT), the one file of its package that a browser needs. It is kept here because
 * the package brings 135 MB of others with it.
 */

import { type RequestContext, tagged } from "../../server/mod.ts";

const HEADERS = { "content-type": "text/javascript; charset=utf-8", "cache-control": "private, no-cache" };

export const handler = {
  async GET({ request }: RequestContext): Promise<Response> {
    // Loaded when somebody asks: the server's start does not wait for it.
    const { default: bytes } = await import("./vendor/rapidoc-9.3.8.min.js", { with: { type: "bytes" } });
    return tagged(bytes, HEADERS, request);
  },
};
