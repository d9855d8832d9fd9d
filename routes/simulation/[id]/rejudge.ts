/** `POST /simulation/{id}/rejudge`. */

import { z } from "zod";
import { conversationAnswer, endpoint, labelsSchema, problem } from "../../../server/mod.ts";
import { judgeSchema, made, params, STARTING_PROBLEMS } from "../_parts/conversation.ts";

export const POST = endpoint({
  operationId: "rejudgeConversation",
  summary: "Judge a conversation anew, as a run of its own",
  description: "Nobody speaks anew, and nothing that was answered is paid twice.",
  tags: ["conversations"],
  scope: "run",
  params,
  body: z.strictObject({
    judge: judgeSchema.optional(),
    sample: z.int().min(0).optional().meta({ description: "another draw of the judge's model" }),
    labels: labelsSchema.optional(),
  }).default({}).meta({ id: "RejudgeConversation" }),
  bodyExamples: { "by rules": { judge: { kind: "rules" } }, "as before": {} },
  responses: {
    202: { description: "it is queued", schema: conversationAnswer, headers: { Location: "the new run" } },
    404: problem("unknown_run", "no_conversation", "unknown_provider"),
    409: problem("nothing_to_judge", "bad_transition", "owned_elsewhere", "checkpoint_mismatch", "broken_repo"),
    422: { ...problem("bad_label", "changes_the_past"), findings: true },
    ...STARTING_PROBLEMS,
  },
  handle: async ({ params: { id }, body: { judge, sample, labels } }, { app, note }) => {
    const run = await app.conversations.rejudge(id, {
      ...(judge !== undefined && { judge }),
      ...(sample !== undefined && { sample }),
      ...(labels !== undefined && { labels }),
    });
    note({ fork: run.run_id });
    return made(run);
  },
});
