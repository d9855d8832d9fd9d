/** The section `conversation` as a zod schema. Which keys go with which kind of user, agent and judge is checked apart. */

import { z } from "zod";
import type { Json } from "../json.ts";
import { SCENARIO_LIMITS } from "./limits.ts";

const json = z.custom<Json>();
const object = z.record(z.string(), json);
const given = <T extends z.ZodType>(schema: T) => schema.nullish();
const text = (longest: number) => z.string().max(longest);
const file = () => z.string().min(1).max(500);

const action = z.strictObject({
  kind: given(z.string().min(1).max(200).describe("family of the action; absent: as the catalogue has it")),
  name: z.string().min(1).max(200).describe("name of the action in the catalogue"),
  parameters: given(object.describe("its arguments")),
});

const fault = z.strictObject({
  code: z.string().describe("its name"),
  message: z.string().describe("what is wrong, for people"),
});

/** What the user said in a turn of a conversation that has been had: it is said again, to be judged anew. */
const userTurn = z.strictObject({
  message: given(z.string().describe("what was said")),
  desired_action: given(json.describe("what was wanted")),
  repeated: given(z.boolean().describe("whether it was wanted before")),
  fault: given(fault.describe("why what was wanted is not known")),
});

/** What the agent answered in a turn of a conversation that has been had. */
const agentTurn = z.strictObject({
  reply: given(z.string().describe("what was answered")),
  actions: given(z.array(json).describe("what was done")),
  fault: given(fault.describe("why it is no answer")),
});

const parameter = z.strictObject({
  type: z.enum(["string", "text", "integer", "number", "boolean", "date", "id", "list", "object"]).describe(
    "what it holds, and so how two values are compared: string exactly, text freely",
  ),
  description: given(z.string().describe("what it means")),
  required: given(z.boolean().describe("whether the action is none without it; absent: false")),
  default: given(json.describe("what counts when it is left out")),
  enum: given(z.array(z.string()).describe("the values it may have")),
  unordered: given(z.boolean().describe("of a list: whether its order means nothing")),
});

/** An environment whose actions take effect elsewhere. */
export const environmentSchema = z.strictObject({
  title: z.string().min(1).max(200).describe("what it is"),
  outline: given(text(100_000).describe("what user and agent are shown of it")),
  actions: z.record(
    z.string().min(1).max(200),
    z.strictObject({
      kind: given(z.string().min(1).max(200).describe("family of the action; absent: tool_operation")),
      description: given(z.string().describe("what it does")),
      mutating: given(z.boolean().describe("whether it changes anything: only such actions count; absent: true")),
      alone: given(z.boolean().describe("whether nothing else may be done in the same turn")),
      parameters: given(z.record(z.string(), parameter).describe("its parameters by name")),
    }),
  ).describe("what may be done, by name"),
});

/** What may be said of a part's model. */
const model = {
  provider: given(z.string().min(1).max(200).describe("as in llm")),
  model: given(z.string().min(1).max(200).describe("as in llm")),
  temperature: given(z.number().min(0).describe("as in llm")),
  max_tokens: given(z.int().min(1).describe("as in llm")),
  max_retries: given(z.int().min(0).max(100).describe("as in llm")),
  on_failure: given(z.enum(["fallback", "skip", "fail"]).describe("as in llm")),
};

const user = z.strictObject({
  kind: given(
    z.enum(["llm", "scripted", "human", "recorded"]).describe(
      "who speaks: a model, a script, a person, or a conversation that has been had; absent: llm",
    ),
  ),
  persona: given(text(8000).describe("who the user is")),
  goal: given(text(8000).describe("what the user wants to reach")),
  instructions: given(text(20_000).describe("how the user is to go about it")),
  facts: given(z.array(text(2000)).max(100).describe("what the user knows and may tell")),
  secrets: given(z.array(text(2000)).max(100).describe("what the user knows and tells only when asked")),
  temperament: given(text(2000).describe("how the user speaks")),
  script: given(
    z.array(z.strictObject({
      message: given(text(8000).describe("what is said; absent: the wish in words")),
      desired_action: given(action.describe("what would do what is wanted; null: the user only talks")),
    })).min(1).max(1000).describe("of a scripted user: a turn each"),
  ),
  turns: given(z.array(userTurn).min(1).max(1000).describe("of a recorded user: a turn each")),
  deadline: given(
    z.number().gt(0).max(2_147_483).describe("of a person: seconds to speak; absent: as long as it takes"),
  ),
  prompt: given(file().describe("of an llm: file with a template in place of the domain's own")),
  ...model,
  timeout: given(z.number().gt(0).max(86_400).describe("as in llm")),
});

const agent = z.strictObject({
  adapter: given(
    z.enum(["builtin", "rule", "openai", "http", "recorded"]).describe(
      "who is under test: a model with this project's prompt, a rule, a model with tools, a service, or a conversation " +
        "that has been had; absent: builtin",
    ),
  ),
  behaviour: given(
    z.enum(["perfect", "forgetful", "wrong_argument", "do_nothing"]).describe(
      "of a rule: how well it does what it is asked; absent: perfect",
    ),
  ),
  url: given(
    z.string().min(1).max(2000).describe(
      "of http: where it is asked; its origin must be in http_allow of llm-sim.yaml",
    ),
  ),
  tools: given(
    z.array(z.string()).max(1000).describe("of builtin and openai: names of the actions it is offered; absent: all"),
  ),
  system: given(text(100_000).describe("of openai: how it is told to behave")),
  max_rounds: given(z.int().min(1).max(100).describe("of openai: rounds of tool calls in one turn; absent: 8")),
  prompt: given(file().describe("of builtin: file with a template in place of the domain's own")),
  turns: given(z.array(agentTurn).min(1).max(1000).describe("of a recorded agent: a turn each")),
  ...model,
  timeout: given(z.number().gt(0).max(600).describe("seconds that one answer may take; absent: 60")),
});

const judge = z.strictObject({
  kind: given(
    z.enum(["rules", "llm"]).describe("rules alone, or a model where rules say unclear; absent: rules"),
  ),
  rubric: given(file().describe("of an llm: file with the points that it rates from 1 to 5")),
  prompt: given(file().describe("of an llm: file with a template in place of the domain's own")),
  swap: given(z.boolean().describe("of an llm: whether it is shown what was done before what was wanted")),
  ...model,
  timeout: given(z.number().gt(0).max(86_400).describe("as in llm")),
});

/** What a case may change. */
const changing = {
  plan: given(z.union([file(), object]).describe("the plan that is talked about, or a file with it")),
  environment: given(
    z.union([file(), environmentSchema]).describe("in place of a plan: actions that take effect elsewhere"),
  ),
  expected_plan: given(z.union([file(), object]).describe("what the plan should be in the end, or a file with it")),
  user: given(user.describe("the simulated user")),
  agent: given(agent.describe("the agent under test")),
  judge: given(judge.describe("who compares what was wanted with what was done")),
  max_turns: given(z.int().min(1).max(1000).describe("turns after which it ends at the latest; absent: 5")),
  max_actions_per_turn: given(
    z.int().min(1).max(100).describe("actions that the agent may take in a turn; absent: 10"),
  ),
  stop_on_alignment: given(z.boolean().describe("whether an aligned turn ends it; absent: false")),
  stop_on_misalignment: given(z.boolean().describe("whether a misaligned turn ends it; absent: true")),
  extra_actions: given(
    z.enum(["tolerate", "flag", "fail"]).describe(
      "what actions that nobody wanted make of a turn: nothing, unclear, misaligned; absent: flag",
    ),
  ),
  reset_each_turn: given(z.boolean().describe("whether every turn begins with the plan as given; absent: false")),
};

/** The section `conversation`. */
export const conversationSchema = z.strictObject({
  ...changing,
  case: given(z.string().min(1).max(100).describe("name of the case that is played")),
  cases: given(
    z.array(z.strictObject({
      name: z.string().min(1).max(100).describe("unique name"),
      ...changing,
    })).max(SCENARIO_LIMITS.conditions * 10).describe(
      "what `converse` plays, a run each; keys as here, in place of these",
    ),
  ),
}).describe("a conversation under test: engine, agents and variables are made from it");

/** The section as read. */
export type WrittenConversation = z.output<typeof conversationSchema>;
