/** Bounds what a request may bring to routes that read it themselves, as those mounted by other rooms do. */

import type { MiddlewareHandler } from "hono";
import { readBytes } from "../body.ts";
import type { Env } from "../env.ts";

/**
 * Has the whole body read before the route is asked.
 * @param patience milliseconds in which it must have come; default as for all bodies
 * @throws {ProblemError} as {@linkcode readBytes}
 */
export function bodyLimit(limit: number, patience?: number): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { raw } = c.req;
    if (raw.body !== null) c.req.raw = new Request(raw, { body: await readBytes(raw, limit, patience) });
    await next();
  };
}
