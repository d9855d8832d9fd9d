/** What a conversation is started from. */

import { z } from "zod";
import { anyJson, conversationOptions, problem } from "../../../server/mod.ts";

const options = {
  ...conversationOptions,
  improvement_goal: conversationOptions.goal.meta({ description: "another name of `goal`" }),
  set: z.record(z.string().min(1).max(500), anyJson).optional().meta({
    description: "scenario paths to set, as `conversation.judge.kind`",
  }),
};

const script = [
  { desired_action: { name: "create_task", parameters: { name: "Book a room", parent_id: 1 } } },
  { message: "Thank you, that will do.", desired_action: null },
];

/** Bodies that name a conversation; in a schema with a name of its own. */
export const conversationBody = () =>
  z.union([
    z.strictObject({ ...options, plan_id: options.plan_id.unwrap() }),
    z.strictObject({
      scenario: z.union([z.string().min(1), z.record(z.string(), anyJson)]).meta({
        description: "the scenario itself, as YAML or as an object",
      }),
      ...options,
    }),
    z.strictObject({
      conversation: z.record(z.string(), anyJson).meta({ description: "the section of a scenario" }),
      ...options,
    }),
    z.strictObject({
      repo: z.string().min(1).max(200).meta({ description: "a domain" }),
      config: z.string().min(1).max(1000).meta({ description: "path of one of its scenarios" }),
      ...options,
    }),
  ]);

/** Examples of them. */
export const CONVERSATION_EXAMPLES = {
  "a scenario of a domain": { repo: "conversation", config: "plan_refine_offline.yaml" },
  "a section alone, turn by turn": {
    conversation: { plan: { title: "Party", tasks: [{ name: "Invite" }] }, user: { kind: "scripted", script } },
    auto_advance: false,
    session_id: "monday",
  },
  "a plan, and what is wanted of it": { plan_id: "launch", goal: "Make it ready for spring.", max_turns: 3 },
};

/** What may be wrong with them. */
export const CONVERSATION_PROBLEMS = {
  404: problem("unknown_domain", "unknown_plan", "unknown_provider"),
  409: problem("broken_repo"),
  422: {
    ...problem(
      "no_conversation",
      "too_many_turns",
      "unknown_case",
      "bad_config_path",
      "missing_file",
      "idempotency_conflict",
      "bad_label",
    ),
    findings: true,
  },
} as const;

/** The body as every door asks for it. */
export function askedOf<
  T extends { readonly goal?: string | undefined; readonly improvement_goal?: string | undefined },
>(
  { improvement_goal, ...body }: T,
) {
  return { ...body, goal: body.goal ?? improvement_goal };
}
