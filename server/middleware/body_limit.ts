/** Bounds what a request may bring to routes that read it themselves, as those mounted by other rooms do. */

import type { MiddlewareHandler } from "hono";
import { bodyLimit as limited } from "hono/body-limit";
import type { Env } from "../env.ts";
import { tooLarge } from "../body.ts";

/** Refuses larger bodies with 413. */
export function bodyLimit(limit: number): MiddlewareHandler<Env> {
  return limited({
    maxSize: limit,
    onError: () => {
      throw tooLarge(limit);
    },
  });
}
