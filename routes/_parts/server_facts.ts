/** What a server says of itself. */

import { VERSION } from "../../runner/mod.ts";
import { mayDo, type RequestContext, requestLimit, type StorageUse } from "../../server/mod.ts";

/** What is told without a look at the disk. */
export function factsOf({ app, config, operations, sessions }: RequestContext) {
  const { rate_limit, retention } = config;
  return {
    version: VERSION,
    deno: Deno.version.deno,
    started_at: operations.started_at,
    needs_key: sessions.needed,
    limits: {
      requests_per_minute: requestLimit(rate_limit?.per_minute, sessions.needed),
      ...app.budget,
      keep_days: retention.keep_days ?? null,
      keep_last: retention.keep_last ?? null,
    },
  };
}

/** What the output folder takes; null: that is not for who asks. */
export async function storageFor({ principal, operations }: RequestContext): Promise<StorageUse | null> {
  return mayDo(principal, "admin") ? await operations.storage() : null;
}
