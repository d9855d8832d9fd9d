/** Conversations can be switched off: then there is nothing below `/simulation`. */

import type { RequestContext } from "../../server/mod.ts";

export default async function onlyWhereOn(
  { app }: RequestContext,
  next: () => Promise<Response>,
): Promise<Response> {
  app.conversations.assertOn();
  return await next();
}
