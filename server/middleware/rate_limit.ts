/** How often each key, or each address that shows none, may ask. */

import type { MiddlewareHandler } from "hono";
import type { Env } from "../env.ts";
import { ProblemError } from "../problem.ts";
import { RateLimiter } from "../rate_limiter.ts";

/** Requests a minute where the configuration says nothing. */
const PER_MINUTE = 600;

/** Requests a minute that one key may make; null: a server that needs none has no limit unless one is configured. */
export function requestLimit(configured: number | undefined, needsKey: boolean): number | null {
  return configured ?? (needsKey ? PER_MINUTE : null);
}

/** What watches over a server asks for, without a key. */
const HEALTH: ReadonlySet<string> = new Set(["/health", "/health/ready"]);

/**
 * Answers 429 to who asks more often. A server that needs no key has no limit unless one is configured: it is one
 * person's own.
 */
export function rateLimit(configured: number | undefined): MiddlewareHandler<Env> {
  const limiter = new RateLimiter(configured ?? PER_MINUTE);
  return async (c, next) => {
    const { principal, address } = c.get("context");
    // Else whoever floods from the same address, a proxy's perhaps, has the server taken for dead and started anew.
    if (principal === null && HEALTH.has(c.req.path)) return await next();
    if (principal?.via === "open" && configured === undefined) return await next();
    const name = principal === null || principal.via === "open" ? `address ${address}` : `key ${principal.id}`;
    const { allowed, remaining, retryAfter } = limiter.take(name);
    if (!allowed) {
      throw new ProblemError(429, "rate_limited", `more than ${limiter.perMinute} requests a minute`, {
        hint: `wait ${retryAfter} s; rate_limit: { per_minute: … } in llm-sim.yaml sets the limit`,
        headers: { "retry-after": String(retryAfter), "ratelimit-limit": String(limiter.perMinute) },
      });
    }
    await next();
    if (c.res.status === 101) return;
    c.res.headers.set("ratelimit-limit", String(limiter.perMinute));
    c.res.headers.set("ratelimit-remaining", String(remaining));
  };
}
