/** Conversations as the API shows them. */

import { z } from "zod";
import { ALIGNMENTS } from "../../framework/conversation/mod.ts";
import { CONVERSATION_STATUSES } from "../../runner/mod.ts";
import { anyJson, count, jsonObject, time } from "./json.ts";
import { labelsSchema } from "./simulation.ts";

/** Whether the agent did what the user wanted. */
export const alignmentSchema = z.enum(ALIGNMENTS);

const share = z.number().min(0).max(1).nullable();
const fault = z.object({ code: z.string(), message: z.string() });

const actionSchema = z.object({
  kind: z.string().meta({ description: "family of the action" }),
  name: z.string().meta({ description: "as in the catalogue" }),
  parameters: jsonObject,
}).meta({ id: "ActionSpec", description: "an action, wished for or taken" });

const doneActionSchema = actionSchema.extend({
  success: z.boolean().meta({ description: "whether it could be carried out" }),
  result_message: z.string(),
  created: z.string().optional().meta({ description: "name of what it made" }),
}).meta({ id: "DoneAction", description: "an action of the agent, with what came of it" });

const verdictSchema = z.object({
  alignment: alignmentSchema,
  explanation: z.string(),
  confidence: z.number().min(0).max(1).optional(),
  score: z.union([z.literal(0), z.literal(1)]).optional().meta({
    description: "1: misaligned, 0: aligned; absent: unclear",
  }),
  rubric: z.record(z.string(), z.number()).optional().meta({ description: "points from 1 to 5, by name" }),
  witness: z.object({
    kind: z.enum([
      "missing_action",
      "failed_action",
      "missing_argument",
      "wrong_argument",
      "unasked_argument",
      "free_text",
      "extra_action",
      "unanswered",
      "no_expectation",
    ]),
    text: z.string(),
    wanted: actionSchema.optional(),
    done: actionSchema.optional(),
    argument: z.string().optional(),
    wanted_value: anyJson.optional(),
    done_value: anyJson.optional(),
  }).nullable().meta({ description: "the smallest difference between what was wanted and what was done" }),
  by: z.enum(["rules", "llm", "person"]),
  precision: share.meta({ description: "share of the mutating actions that were wanted; null: there were none" }),
  recall: share.meta({ description: "share of the wanted actions that were done; null: none was wanted" }),
}).meta({ id: "JudgeVerdict", description: "what the judge says of a turn" });

/** One turn of a conversation. */
export const simulatedTurnSchema = z.object({
  index: z.number().int().min(1),
  simulated_user: z.object({
    message: z.string(),
    desired_action: actionSchema.nullable().meta({ description: "null: the user only talks" }),
    seal: z.string().meta({
      description: "SHA-256 of the canonical JSON of {desired_action, message, salt}, taken before the agent was asked",
    }),
    salt: z.string().meta({ description: "drawn for the seal, so that it can be checked" }),
    fault: fault.optional().meta({ description: "why what was wanted cannot be known" }),
  }),
  chat_agent: z.object({
    reply: z.string().nullable(),
    actions: z.array(doneActionSchema),
    fault: fault.optional().meta({ description: "why its answer is none" }),
  }),
  judge: verdictSchema.nullable().meta({ description: "null: not judged yet" }),
  label: z.object({ alignment: alignmentSchema, note: z.string().optional(), by: z.string(), at: time }).optional()
    .meta({ description: "a person's verdict, which counts more than the judge's" }),
  goal: z.string().nullable(),
  created_at: time,
}).meta({ id: "SimulatedTurn", description: "one turn: user, agent, judge" });

/** A conversation: a run, seen as one. */
export const conversationSchema = z.object({
  run_id: z.string(),
  status: z.enum(CONVERSATION_STATUSES).meta({ description: "idle: it waits to be advanced or resumed" }),
  ended_by: z.string().nullable().meta({ description: "max_turns, misaligned, user_done …; null: it is not over" }),
  status_reason: z.string().optional().meta({ description: "why it stands still, where that is known" }),
  config: z.object({
    session_id: z.string().nullable(),
    plan_id: z.string().nullable(),
    improvement_goal: z.string().nullable(),
    case: z.string().nullable(),
    max_turns: count,
    stop_on_alignment: z.boolean(),
    stop_on_misalignment: z.boolean(),
    extra_actions: z.enum(["tolerate", "flag", "fail"]),
    max_actions_per_turn: count,
    user: z.object({ kind: z.string() }),
    agent: z.object({ adapter: z.string() }),
    judge: z.object({ kind: z.string() }),
  }),
  seed: z.number().int(),
  sample: count,
  turns: z.array(simulatedTurnSchema),
  remaining_turns: count,
  created_at: time,
  updated_at: time,
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  alignment_issues: z.array(
    z.object({ turn_index: z.number().int().min(1), reason: z.string(), delivered: z.boolean() }),
  ).meta({
    description: "turns that are misaligned: by a person's label, else the verdict; delivered: the user has been told",
  }),
  summary: z.object({
    aligned: count,
    misaligned: count,
    unclear: count,
    precision: share,
    recall: share,
    end_state: z.enum(["unknown", "agrees", "differs"]),
    passed: z.boolean().nullable().meta({
      description: "null: it is not over; where a person has labelled a turn the end state is no matter",
    }),
  }).meta({ description: "turns by what counts of them: a person's label, else the verdict" }),
  outline: z.string().nullable().meta({ description: "what is talked about, as it is now" }),
  validity: z.object({ state: z.string(), reasons: z.array(z.string()) }),
  cost: z.object({ usd: z.number(), calls: count, input_tokens: count, output_tokens: count }),
  models: z.array(z.string()).meta({ description: "chosen to answer; none as long as nobody has been asked" }),
}).meta({ id: "ConversationRun", description: "a conversation of a simulated user with an agent under test" });

/** What most verbs of conversations answer. */
export const conversationAnswer = z.object({ run: conversationSchema }).meta({ id: "ConversationAnswer" });

/** A conversation as it is exported to JSON. */
export const exportedConversation = conversationSchema.extend({ format: z.literal(1) }).meta({
  id: "ExportedConversation",
});

const touchSchema = z.object({
  turn: z.number().int().min(1),
  action: z.string(),
  as: z.enum(["done", "failed", "wanted"]).meta({
    description: "the agent did it, tried to, or the user wanted it and it was not done in that turn",
  }),
});

/** What is talked about, after a turn. */
export const outlineSchema = z.object({
  turn: count.meta({ description: "0: before anybody spoke" }),
  text: z.string().meta({ description: "what both sides were shown" }),
  title: z.string().nullable().meta({ description: "of the plan; null: it is none" }),
  tasks: z.array(z.object({
    id: z.number().int(),
    name: z.string(),
    depth: count,
    instruction: z.string().nullable(),
    dependencies: z.array(z.number().int()),
    touches: z.array(touchSchema).meta({ description: "what the conversation was to it up to then" }),
  })).nullable().meta({ description: "tasks with those below them; null: it is no plan" }),
  removed: z.array(z.object({ id: z.number().int(), name: z.string(), turn: z.number().int() })),
  open: z.array(actionSchema).meta({ description: "changes that were wanted up to then and had not been made" }),
}).meta({ id: "ConversationOutline", description: "what is talked about, as it was after a turn" });

const textOrNull = z.string().nullable();

/** What a conversation would be, and take. */
export const conversationQuoteSchema = z.object({
  name: z.string(),
  case: textOrNull,
  cases: z.array(z.string()).meta({ description: "that the scenario has" }),
  goal: textOrNull,
  max_turns: count,
  most_turns: count.meta({ description: "that a conversation may have on this host" }),
  user: z.object({ kind: z.string(), persona: textOrNull, facts: z.array(z.string()), temperament: textOrNull }),
  agent: z.object({ adapter: z.string(), behaviour: textOrNull, url: textOrNull }),
  judge: z.object({ kind: z.string() }),
  models: z.array(z.object({
    provider: z.string(),
    model: z.string(),
    offline: z.boolean().meta({ description: "whether it answers by rule" }),
    roles: z.array(z.string()).meta({ description: "*: all that have no model of their own" }),
    priced: z.boolean().meta({ description: "whether it is known what it costs" }),
  })),
  max_cost_usd: z.number().nullable().meta({ description: "dollars after which it stops; null: no limit is set" }),
  price: z.object({
    runs: count,
    of: count,
    seconds: z.number().nullable().meta({ description: "as long as others of this scenario took; null: nobody knows" }),
    usd: z.number().nullable(),
    free: z.boolean(),
    text: z.string(),
  }),
}).meta({ id: "ConversationQuote", description: "what a conversation would be, and take" });

/** What every door takes that starts a conversation, beside where it comes from. */
export const conversationOptions = {
  session_id: z.string().min(1).max(200).optional().meta({ description: "a name of yours for what belongs together" }),
  plan_id: z.string().min(1).max(100).optional().meta({
    description: "your name of the plan; where nothing else says what is talked about, the file plans/<plan_id>.yaml",
  }),
  goal: z.string().min(1).max(8000).optional().meta({ description: "what the simulated user is after" }),
  max_turns: z.int().min(1).max(1000).optional().meta({ description: "turns at most, in place of the scenario's" }),
  auto_advance: z.boolean().default(true).meta({ description: "false: it waits to be advanced, turn by turn" }),
  max_actions_per_turn: z.int().min(1).max(100).optional().meta({ description: "actions of the agent in one turn" }),
  stop_on_misalignment: z.boolean().optional().meta({ description: "whether a misaligned turn ends it" }),
  stop_on_alignment: z.boolean().optional().meta({ description: "whether an aligned turn ends it" }),
  case: z.string().min(1).max(100).optional().meta({ description: "case of the scenario" }),
  seed: z.int().min(0).optional().meta({ description: "varies the world; in place of the scenario's own" }),
  sample: z.int().min(0).optional().meta({ description: "varies only what models answer" }),
  labels: labelsSchema.optional(),
  llm_mode: z.enum(["auto", "offline"]).optional().meta({
    description: "offline: rules answer in place of every model",
  }),
};

const estimate = z.object({
  estimate: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  n: count,
}).meta({ id: "Estimate", description: "a share with its interval at 95 %; n: observations behind it" });

const kappa = z.object({
  kappa: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  agreement: z.number().nullable(),
  n: count,
}).meta({ id: "Kappa", description: "Cohen's κ with its interval at 95 %" });

const reliability = {
  n: count,
  agreement: estimate,
  false_aligned: estimate.meta({ description: "share that it lets pass of what a person does not call aligned" }),
  retest_stability: estimate,
  swap_stability: estimate,
};

const judgeCertificate = z.object({
  judge: z.string().meta({ description: "`rules`, or provider and model, with a prompt and a rubric of its own" }),
  runs: z.array(z.string()).meta({ description: "runs whose turns are behind it" }),
  certificate: z.object({
    ...reliability,
    kappa,
    confusion: z.array(z.array(count)).meta({ description: "turns by label (rows) and verdict (columns)" }),
    by_trap: z.record(z.string(), z.object({ n: count, agreed: count })),
    unclear_share: estimate,
    by_model: z.object(reliability).meta({ description: "turns that its model decided" }),
    failed_answers: count.meta({ description: "turns about which its model was asked, and gave no valid answer" }),
    baselines: z.object({
      pass_everything: z.object({ agreement: estimate, kappa }),
      do_nothing: z.object({ aligned: estimate, unclear: estimate }),
    }),
    certified: z.boolean().meta({ description: "whether it may decide alone" }),
  }),
}).meta({ id: "JudgeCertificate" });

/** What the judges of a host are worth. */
export const certificateSchema = z.object({
  labelled: z.array(judgeCertificate).meta({ description: "on the labelled turns that come with the domain" }),
  own: z.array(judgeCertificate).meta({ description: "on turns of this host that people have labelled" }),
  bad_labels: count.meta({ description: "lines of the labels' file that are no label, and count for nothing" }),
}).meta({ id: "Certificates", description: "what the judges of this host are worth" });
