/** Finds out who asks. */

import type { MiddlewareHandler } from "hono";
import type { Sessions } from "../auth/mod.ts";
import { type Principal, SCOPES } from "../context.ts";
import type { Env } from "../env.ts";
import { ProblemError } from "../problem.ts";
import type { Context } from "../request_context.ts";

/** Sets the principal. A key that is none of ours is refused at once; who shows nothing goes on as nobody. */
export function authenticate(sessions: Sessions): MiddlewareHandler<Env> {
  /** Whoever asks a server that needs no keys. */
  const local: Principal = {
    id: "local",
    name: "local",
    scopes: new Set(SCOPES),
    via: "open",
    refusal: () => sessions.needed ? "this server needs a key now" : null,
  };
  return async (c, next) => {
    const context = c.get("context") as Context;
    if (!sessions.needed) context.principal = local;
    else {
      const header = context.request.headers.get("authorization");
      context.principal = header === null
        ? sessions.of(context.request)
        : sessions.withKey(bearerOf(header), context.address);
    }
    await next();
  };
}

function bearerOf(header: string): string {
  const key = /^bearer +([!-~]+) *$/i.exec(header)?.[1];
  if (key !== undefined) return key;
  throw new ProblemError(401, "bad_key", "the Authorization header is not 'Bearer KEY'", {
    headers: { "www-authenticate": 'Bearer realm="llm-sim", error="invalid_request"' },
  });
}
