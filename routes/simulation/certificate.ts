/** `/simulation/certificate`: what the judges of this host are worth. */

import { z } from "zod";
import { certificateSchema, conversationSchema, endpoint, problem, reply } from "../../server/mod.ts";
import { judgeSchema, STARTING_PROBLEMS } from "./_parts/conversation.ts";

export const GET = endpoint({
  operationId: "getCertificate",
  summary: "What the judges of this host are worth",
  description: "Measured on turns that people have labelled: those that come with the domain, and this host's own.",
  tags: ["conversations"],
  scope: "read",
  responses: { 200: { description: "by judge", schema: certificateSchema } },
  handle: (_, { app }) => app.conversations.certificate(),
});

export const POST = endpoint({
  operationId: "certifyJudge",
  summary: "Have a model judge the labelled turns",
  description: "Three times over, in runs of their own; when they have ended, GET knows what it is worth.",
  tags: ["conversations"],
  scope: "run",
  body: z.strictObject({ judge: judgeSchema.optional() }).default({}).meta({ id: "CertifyJudge" }),
  bodyExamples: { "the model of the configuration": {}, "another one": { judge: { provider: "openai" } } },
  responses: {
    202: {
      description: "they are queued",
      schema: z.object({ runs: z.array(conversationSchema) }).meta({ id: "Certification" }),
    },
    404: problem("unknown_provider"),
    409: problem("broken_repo"),
    422: { ...problem("no_provider"), findings: true },
    ...STARTING_PROBLEMS,
  },
  handle: async ({ body: { judge } }, { app }) => reply(202, { runs: await app.conversations.certify(judge) }),
});
