/** Refuses what pages of other sites send, with a browser's help, in the name of whoever looks at them. */

import type { MiddlewareHandler } from "hono";
import type { Env } from "../env.ts";
import type { HostRules } from "../hosts.ts";
import { ProblemError } from "../problem.ts";
import type { Context } from "../request_context.ts";

/** Lets through what comes from no page, from one of our own, or from somebody who follows a link to here. */
export function originCheck(rules: () => HostRules): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { request: { headers }, url, mayChange } = c.get("context") as Context;
    const origin = headers.get("origin");
    const host = headers.get("host") ?? url.host;
    if (origin !== null && !rules().allowsOrigin(origin, host)) throw foreign(`of '${origin.slice(0, 100)}'`);
    const site = headers.get("sec-fetch-site");
    const isForeign = site === "cross-site" || site === "same-site";
    const isVisit = headers.get("sec-fetch-mode") === "navigate" && !mayChange;
    if (origin === null && isForeign && !isVisit) throw foreign("of another site");
    await next();
  };
}

/** After authentication: a cookie, which browsers send by themselves, needs a page of ours beside it to change things. */
export function cookieOriginCheck(): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { principal, mayChange, request } = c.get("context") as Context;
    if (principal?.via === "session" && mayChange && !request.headers.has("origin")) {
      throw new ProblemError(403, "no_origin", "a session may change things only from a page of this server", {
        hint: "send an Origin header, or a bearer key in place of the cookie",
      });
    }
    await next();
  };
}

function foreign(whose: string): ProblemError {
  return new ProblemError(403, "foreign_origin", `pages ${whose} may not use this server`, {
    hint: "behind a proxy, say under which address people reach it: server: { base_url: … } in llm-sim.yaml",
  });
}
