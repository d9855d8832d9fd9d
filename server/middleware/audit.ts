/** Notes in the audit what may change something, and what was refused. */

import type { MiddlewareHandler } from "hono";
import type { Audit } from "../auth/mod.ts";
import type { Env } from "../env.ts";
import type { Context } from "../request_context.ts";
import { LONGEST_PATH } from "./access_log.ts";

/** Statuses of requests that were turned away: without a key, a wrong one, from elsewhere, too often. */
const REFUSED = new Set([401, 403, 429]);

/** Adds a line when the request has been answered. Bodies are not in it. */
export function auditing(audit: Audit): MiddlewareHandler<Env> {
  return async (c, next) => {
    await next();
    const { status } = c.res;
    const context = c.get("context") as Context;
    const { principal, method, mayChange, requestId, address, noted } = context;
    const refused = REFUSED.has(status);
    if (!refused && !mayChange) return;
    audit.note({
      request_id: requestId,
      address,
      principal: principal?.name ?? null,
      key: principal?.id ?? null,
      via: principal?.via ?? null,
      method,
      path: c.req.path.slice(0, LONGEST_PATH),
      status,
      ...noted,
    }, { refused });
  };
}
