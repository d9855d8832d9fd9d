/** `/api/keys`: who may use the server. */

import { z } from "zod";
import { endpoint, keySchema, newKeySchema, problem, reply, SCOPES } from "../../../server/mod.ts";

export const GET = endpoint({
  operationId: "listKeys",
  summary: "All keys, those that were revoked too; never their secrets",
  tags: ["server"],
  scope: "admin",
  responses: { 200: { description: "all of them", schema: z.array(keySchema) } },
  handle: (_, { keys }) => keys.list().map((key) => ({ ...key, scopes: [...key.scopes] })),
});

export const POST = endpoint({
  operationId: "createKey",
  summary: "Make a key",
  description: "It is told this once: what is kept is its hash. The first key of a server is made where that runs.",
  tags: ["server"],
  scope: "admin",
  body: z.strictObject({ name: z.string().min(1).max(100), scopes: z.array(z.enum(SCOPES)).min(1) }),
  bodyExamples: { "for a pipeline": { name: "ci", scopes: ["run"] } },
  bodyLimit: 8192,
  responses: {
    201: { description: "the key", schema: newKeySchema },
    409: problem("no_keys", "key_exists"),
    422: problem("bad_key_name"),
  },
  handle: ({ body: { name, scopes } }, { keys, note }) => {
    const made = keys.create(name, [...new Set(scopes)]);
    note({ key_made: made.kept.id });
    return reply(201, { key: made.key, kept: { ...made.kept, scopes: [...made.kept.scopes] } });
  },
});
