/** Conversations can be switched off: then they have no pages. */

import type { RequestContext } from "../../server/mod.ts";

export default async function onlyWhereOn(
  { app }: RequestContext,
  next: () => Promise<Response>,
): Promise<Response> {
  app.conversations.assertOn();
  return await next();
}
