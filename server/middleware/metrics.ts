/** Counts requests by the route that answered, and how long answers took to begin. */

import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { Env } from "../env.ts";
import type { ServerOperations } from "../operations.ts";
import type { Context } from "../request_context.ts";

/** What no route answers counts as one, whatever was asked for. */
const NONE = "none";

/** Counts in `operations`. */
export function counting(operations: ServerOperations): MiddlewareHandler<Env> {
  /** Patterns as OpenAPI writes them. */
  const names = new Map<string, string>();
  return async (c, next) => {
    const began = performance.now();
    await next();
    // Middleware is mounted below a star; what is not, answers.
    const pattern = matchedRoutes(c).find(({ path }) => !path.endsWith("*"))?.path ?? NONE;
    let name = names.get(pattern);
    if (name === undefined) {
      name = pattern.replace(/:(\w+)(?:\{\.\+\})?/g, "{$1}");
      names.set(pattern, name);
    }
    const { method } = c.get("context") as Context;
    operations.request(method, name, c.res.status, (performance.now() - began) / 1000);
  };
}
