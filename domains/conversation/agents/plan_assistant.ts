/** Agent `plan_assistant`: the built-in agent under test, a model with this project's own prompt. */

import { type AgentContext, type AgentSpec, answerSchema, PromptTemplate, RULE_MARK } from "llm-sim";
import { catalogueText } from "llm-sim/conversation";
import { z } from "zod";
import assistantPrompt from "../prompts/assistant.md" with { type: "text" };
import { type Answer, readActions } from "./_parts/answer.ts";
import { ActingAgent, inEnvironment, offeredActions, OUTLINE, ROLE, type Seen } from "./_parts/answering_agent.ts";
import { historyText } from "./_parts/history.ts";
import { ruledAnswer } from "./_parts/rule.ts";
import { fileSetting } from "./_parts/settings.ts";
import { dataText } from "./data_text.ts";

/** Config of agent `plan_assistant`. */
export const planAssistantConfig = z.strictObject({
  ...inEnvironment,
  ...offeredActions,
  prompt: fileSetting.nullish().describe(
    "template of its prompt in place of the domain's own",
  ),
});

type Config = z.output<typeof planAssistantConfig>;

/** What the model answers; other keys, such as `blocking` and `metadata`, are passed over. */
const llmAnswer = z.object({
  llm_reply: z.object({ message: z.string().describe("what you say to the user") }),
  actions: z.array(z.object({
    kind: z.string().nullish().describe("family of the action"),
    name: z.string().describe("name of the action"),
    parameters: z.record(z.string(), z.unknown()).nullish().describe("its parameters"),
    order: z.number().nullish().describe("place in the order in which the actions are done, from 1"),
  })).nullish().describe("what you do; empty: nothing"),
});

const PLACEHOLDERS = {
  history: "the last messages, and what was done",
  outline: "what is talked about",
  actions: "what it may do",
  answer: "JSON Schema of its answer",
  max_actions: "how many actions it may take in a turn",
  message: "what the user says now",
};
/** Messages that it is reminded of. */
const REMEMBERED = 10;

/**
 * An assistant for a plan: a model reads the last messages, the plan's outline and the actions, and answers what it says and
 * does as one JSON object. Actions are done by their `order`.
 *
 * Where the offline provider answers, the perfect rule of agent `rule_assistant` does, and says so.
 */
export class PlanAssistantAgent extends ActingAgent<Config> {
  static override readonly config = planAssistantConfig;
  static override readonly description =
    "The built-in agent under test: a model that reads the plan's outline and answers what it says and does.";
  static override readonly llm = true;

  readonly #template: PromptTemplate;

  /** Built by the framework. @throws {SimError} `bad_prompt`, `unknown_action` */
  constructor(spec: AgentSpec<Config>) {
    super(spec);
    const { file, text } = spec.prompt ?? spec.config.prompt ?? { file: "assistant.md", text: assistantPrompt };
    this.#template = PromptTemplate.parse(text, { file, placeholders: PLACEHOLDERS });
  }

  protected override async answer(seen: Seen, context: AgentContext): Promise<Answer> {
    const { catalogue, environment, config } = this;
    const { system, user } = this.#template.render({
      history: historyText(seen, REMEMBERED),
      outline: environment.outline(seen.plan, OUTLINE),
      actions: catalogueText(catalogue),
      answer: JSON.stringify(answerSchema(llmAnswer)),
      max_actions: String(config.max_actions_per_turn),
      message: dataText(seen.message),
    });
    const { value } = await context.llm.chat({
      purpose: "reply",
      role: ROLE,
      ...(system !== undefined && { system }),
      messages: user,
      schema: llmAnswer,
      tolerant: true,
      offline: () => {
        const view = { catalogue, outline: environment.outline(seen.plan) };
        const { reply, actions } = ruledAnswer(seen.message, view, "perfect");
        return { llm_reply: { message: RULE_MARK + reply }, actions };
      },
    });
    const ordered = (value.actions ?? []).map((action, i) => ({ action, place: action.order ?? i + 1 }))
      .sort((a, b) => a.place - b.place)
      .map(({ action: { kind, name, parameters } }) => ({ ...(kind && { kind }), name, parameters: parameters ?? {} }));
    const { actions, fault } = readActions(ordered, catalogue);
    return { reply: value.llm_reply.message, actions, ...(fault && { fault }) };
  }
}
