/** Refuses requests that are meant for another server, as those of rebound names are. */

import type { MiddlewareHandler } from "hono";
import type { Env } from "../env.ts";
import type { HostRules } from "../hosts.ts";
import { ProblemError } from "../problem.ts";

/** Lets through what names this server in `Host`. */
export function hostCheck(rules: () => HostRules): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { request, url } = c.get("context");
    const named = request.headers.get("host") ?? url.host;
    if (!rules().allows(named)) {
      throw new ProblemError(403, "foreign_host", `this server is not '${named.slice(0, 100)}'`, {
        hint: "ask it under the address that it printed, or name this one in llm-sim.yaml: " +
          "server: { base_url: … } or server: { allowed_hosts: [ … ] }",
      });
    }
    await next();
  };
}
