/** Questions in SQL: each has a process of its own, so that only so many are answered at once. */

import type { App } from "../runner/mod.ts";
import { ProblemError } from "./problem.ts";

/** Questions that one host answers at once. */
const MOST = 4;

const underWay = new WeakMap<App, number>();

/**
 * What `ask` comes to.
 * @param signal aborted when nobody waits for the answer any more
 * @throws {ProblemError} 429 `too_many_queries`, 400 `client_left`; what `ask` throws
 */
export async function answered<T>(app: App, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  const others = underWay.get(app) ?? 0;
  if (others >= MOST) {
    throw new ProblemError(429, "too_many_queries", `${others} queries are being answered`, {
      hint: "ask again when one of them has its answer",
      headers: { "retry-after": "1" },
    });
  }
  underWay.set(app, others + 1);
  try {
    return await ask();
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new ProblemError(400, "client_left", "nobody waits for the answer any more", { cause: error });
  } finally {
    underWay.set(app, underWay.get(app)! - 1);
  }
}
