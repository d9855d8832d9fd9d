/** One line in the log per request. */

import type { MiddlewareHandler } from "hono";
import type { Env } from "../env.ts";
import type { LogLevel } from "../log.ts";
import type { Context } from "../request_context.ts";

/** Paths that are asked for all the time and tell nothing. */
const QUIET = /^\/(?:static|islands|health|metrics)(?:\/|$)/;

/** Characters of a path in log and audit. */
export const LONGEST_PATH = 500;

/** Logs method, path, status, duration until the answer began, who asked, and what the route has noted. */
export function accessLog(): MiddlewareHandler<Env> {
  return async (c, next) => {
    const context = c.get("context") as Context;
    const began = performance.now();
    await next();
    const { status } = c.res;
    const level: LogLevel = status >= 500 ? "error" : QUIET.test(c.req.path) ? "debug" : "info";
    context.log.write(level, "request", {
      method: context.method,
      path: c.req.path.slice(0, LONGEST_PATH),
      status,
      ms: Math.round((performance.now() - began) * 10) / 10,
      principal: context.principal?.name ?? null,
      address: context.address,
    });
  };
}
