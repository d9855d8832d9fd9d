/** `POST /simulation/run` starts a conversation. */

import { z } from "zod";
import {
  anyJson,
  conversationAnswer,
  conversationOptions,
  endpoint,
  problem,
  startConversation,
} from "../../../server/mod.ts";
import { made, STARTING_PROBLEMS } from "../_parts/conversation.ts";

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

export const POST = endpoint({
  operationId: "startConversation",
  summary: "Start a conversation of a simulated user with an agent under test",
  description:
    "Takes a scenario, its section `conversation` alone, or only `plan_id`: then a model plays the user and " +
    "the built-in assistant is under test. The same `Idempotency-Key` with the same body, from the same caller, is " +
    "answered with the conversation that the first request started.",
  tags: ["conversations"],
  scope: "run",
  headers: { "Idempotency-Key": "names this request, so that it can be repeated without starting a second run" },
  body: z.union([
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
  ]).meta({ id: "StartConversation" }),
  bodyExamples: {
    "a scenario of a domain": { repo: "conversation", config: "plan_refine_offline.yaml" },
    "a section alone, turn by turn": {
      conversation: { plan: { title: "Party", tasks: [{ name: "Invite" }] }, user: { kind: "scripted", script } },
      auto_advance: false,
      session_id: "monday",
    },
    "a plan, and what is wanted of it": { plan_id: "launch", goal: "Make it ready for spring.", max_turns: 3 },
  },
  responses: {
    202: {
      description: "it is queued, or waits to be advanced",
      schema: conversationAnswer,
      headers: { Location: "it" },
    },
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
    ...STARTING_PROBLEMS,
  },
  handle: async ({ body: { improvement_goal, ...body } }, { app, note, principal, request }) => {
    const goal = body.goal ?? improvement_goal;
    const run = await startConversation(app, { ...body, goal }, request.headers.get("idempotency-key"), principal);
    note({ run_id: run.run_id });
    return made(run);
  },
});
