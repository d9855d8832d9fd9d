/** Whether who asks may do what is asked. */

import { mayDo, type Principal, type Scope } from "../context.ts";
import { ProblemError } from "../problem.ts";

/**
 * Refuses a principal that may not do what `scope` stands for.
 * @throws {ProblemError} 401 `no_key` without a principal, 403 `scope_missing` with one
 */
export function assertMay(principal: Principal | null, scope: Scope | null): void {
  if (mayDo(principal, scope)) return;
  if (principal === null) {
    throw new ProblemError(401, "no_key", "this server needs a key", {
      hint: "send 'Authorization: Bearer KEY', or sign in at /sign-in; deno task keys create NAME makes a key",
      headers: { "www-authenticate": 'Bearer realm="llm-sim"' },
    });
  }
  throw new ProblemError(403, "scope_missing", `the key '${principal.name}' may not ${scope}`, {
    hint: `it may ${[...principal.scopes].join(", ")}; make another one: deno task keys create NAME --scopes ${scope}`,
  });
}
