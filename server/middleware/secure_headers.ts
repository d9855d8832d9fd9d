/** Headers that tell browsers what not to do with an answer. */

import type { MiddlewareHandler } from "hono";
import type { Env } from "../env.ts";

/**
 * Nothing may be loaded from elsewhere. Scripts run only with the page's nonce, and hand it on to the modules that they
 * import. So do styles, and those of our stylesheets; what stands in an element's own `style` can do no harm.
 */
function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

const HEADERS: readonly [name: string, value: string][] = [
  ["x-content-type-options", "nosniff"],
  // Not `no-referrer`: forms would be sent with `Origin: null`, which is refused.
  ["referrer-policy", "same-origin"],
  ["x-frame-options", "DENY"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
];

/** Adds the headers; a route's own Content-Security-Policy is kept. @param https whether browsers reach us by https */
export function secureHeaders({ https }: { readonly https: boolean }): MiddlewareHandler<Env> {
  return async (c, next) => {
    await next();
    // The answer to an upgrade belongs to the web socket.
    if (c.res.status === 101) return;
    const { headers } = c.res;
    const context = c.get("context");
    for (const [name, value] of HEADERS) headers.set(name, value);
    headers.set("x-request-id", context.requestId);
    if (https) headers.set("strict-transport-security", "max-age=31536000");
    if (headers.has("content-security-policy")) return;
    const isPage = headers.get("content-type")?.startsWith("text/html") === true;
    headers.set("content-security-policy", isPage ? pagePolicy(context.nonce) : DATA_POLICY);
  };
}
