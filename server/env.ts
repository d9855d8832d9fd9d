/** What Hono carries for each request; only the web layer's own files know it. */

import type { RequestContext } from "./context.ts";

/** Types of a Hono context here. */
export interface Env {
  Bindings: { readonly address: string };
  Variables: { context: RequestContext };
}
