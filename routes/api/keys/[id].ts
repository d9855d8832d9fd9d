/** `DELETE /api/keys/{id}` revokes a key. */

import { z } from "zod";
import { endpoint, keySchema, problem } from "../../../server/mod.ts";

export const DELETE = endpoint({
  operationId: "revokeKey",
  summary: "Revoke a key: it opens nothing from now on, and neither do the sessions that began with it",
  tags: ["server"],
  scope: "admin",
  params: z.object({ id: z.string().min(1).max(200) }),
  responses: {
    200: { description: "the key, revoked", schema: keySchema },
    404: problem("unknown_key"),
    409: problem("key_in_use", "key_is_configured"),
  },
  handle: ({ params: { id } }, { keys, principal, note }) => {
    const revoked = keys.revoke(id, principal!);
    note({ key_revoked: revoked.id });
    return { ...revoked, scopes: [...revoked.scopes] };
  },
});
