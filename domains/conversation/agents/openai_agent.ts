/** Agent `openai_agent`: an agent under test that is a model with tools. */

import {
  type AgentContext,
  type AgentSpec,
  type ChatAnswer,
  type ChatMessage,
  type Json,
  PromptTemplate,
  RULE_MARK,
  SimError,
  type ToolCall,
} from "llm-sim";
import { type ActionCatalogue, type ActionSpec, type Environment, toolsOf, type TurnFault } from "llm-sim/conversation";
import { z } from "zod";
import toolAgentPrompt from "../prompts/tool_agent.md" with { type: "text" };
import { type Answer, faultOf, faultOfFailure, parsedJson, readOne, shown } from "./_parts/answer.ts";
import { ActingAgent, inEnvironment, offeredActions, OUTLINE, ROLE, type Seen } from "./_parts/answering_agent.ts";
import { messagesWithTools } from "./_parts/history.ts";
import { ruledAnswer } from "./_parts/rule.ts";
import { fileSetting } from "./_parts/settings.ts";

/** Config of agent `openai_agent`. */
export const openaiAgentConfig = z.strictObject({
  ...inEnvironment,
  ...offeredActions,
  system: z.string().max(100_000).nullish().describe("how it is told to behave; absent: as an assistant for the plan"),
  max_rounds: z.number().int().min(1).max(100).default(8).describe("rounds of tool calls in one turn"),
  prompt: fileSetting.nullish().describe(
    "template of what it is told first, in place of the domain's own",
  ),
});

type Config = z.output<typeof openaiAgentConfig>;

const PLACEHOLDERS = {
  system: "how it is told to behave",
  outline: "what is talked about",
  max_actions: "how many actions it may take in a turn",
};
const ASSISTANT =
  "You are an assistant. A user talks to you about what is described below, and you change it for the user.";
/** What services take as names of tools, and how many. */
const TOOL_NAME = /^[\w-]{1,64}$/;
const MOST_TOOLS = 128;

/**
 * An agent under test that is a chat model with tools, one for each action. In a turn it is asked until it answers in
 * words; the tools that it wants called act on a copy of the environment, so that it reads what comes of them. What it
 * calls wrongly it is told; that is a fault only where no good round follows. A model that calls tools for `max_rounds`
 * rounds has the fault `tool_loop`; what it did before a fault counts.
 *
 * Where the offline provider answers, the perfect rule of agent `rule_assistant` does, and says so.
 */
export class OpenaiAgent extends ActingAgent<Config> {
  static override readonly config = openaiAgentConfig;
  static override readonly description = "An agent under test that is a chat model with tools, one for each action.";
  static override readonly llm = true;

  readonly #template: PromptTemplate;

  /** Built by the framework. @throws {SimError} `bad_prompt`, `bad_tools`, `unknown_action` */
  constructor(spec: AgentSpec<Config>) {
    super(spec);
    const { file, text } = spec.prompt ?? spec.config.prompt ?? { file: "tool_agent.md", text: toolAgentPrompt };
    this.#template = PromptTemplate.parse(text, { file, placeholders: PLACEHOLDERS });
    assertTools(Object.keys(this.catalogue));
  }

  protected override async answer(seen: Seen, context: AgentContext): Promise<Answer> {
    const { max_rounds, max_actions_per_turn: most } = this.config;
    const turn = new ToolTurn(this.environment, this.catalogue, seen.plan);
    const messages = messagesWithTools(seen);
    for (let round = 1; round <= max_rounds && turn.actions.length <= most; round++) {
      let said: ChatAnswer<string>;
      try {
        said = await this.#ask(round, messages, seen, context);
      } catch (error) {
        const fault = faultOfFailure(error);
        // Who has done something need not say anything.
        return turn.answer("", fault.code === "empty_reply" && turn.actions.length > 0 ? turn.fault : fault);
      }
      const { text, tool_calls } = said;
      if (tool_calls.length === 0) return turn.answer(text, turn.fault);
      messages.push(
        { role: "assistant", content: text, tool_calls: tool_calls.map(sentAgain) },
        ...turn.make(tool_calls),
      );
    }
    const isEndless = turn.actions.length <= most;
    const fault = faultOf("tool_loop", `it still called tools after ${max_rounds} rounds`);
    return turn.answer("", isEndless ? fault : undefined);
  }

  #ask(
    round: number,
    messages: readonly ChatMessage[],
    seen: Seen,
    context: AgentContext,
  ): Promise<ChatAnswer<string>> {
    const tools = toolsOf(this.catalogue).map(({ function: tool }) => tool);
    return context.llm.chat({
      purpose: `round_${round}`,
      role: ROLE,
      system: this.#system(seen),
      messages,
      ...(tools.length > 0 && { tools }),
      tolerant: true,
      offline: () => this.#ruled(round, seen),
    });
  }

  #system({ plan }: Seen): string {
    const { system, user } = this.#template.render({
      system: this.config.system ?? ASSISTANT,
      outline: this.environment.outline(plan, OUTLINE),
      max_actions: String(this.config.max_actions_per_turn),
    });
    return system === undefined ? user : `${system}\n\n${user}`;
  }

  /** What the perfect rule does in the first round, and says in the next. */
  #ruled(round: number, { message, plan }: Seen): Json {
    const { catalogue, environment } = this;
    const { reply, actions } = ruledAnswer(message, { catalogue, outline: environment.outline(plan) }, "perfect");
    if (round > 1 || actions.length === 0) return RULE_MARK + reply;
    const tool_calls = actions.map(({ name, parameters }) => ({ name, arguments: JSON.stringify(parameters) }));
    return { content: "", tool_calls };
  }
}

/** What a model does in a turn, on a copy of the environment. */
class ToolTurn {
  /** What it has done. */
  readonly actions: ActionSpec[] = [];
  /** What was wrong with a call of the last round. */
  fault: TurnFault | undefined;
  readonly #environment: Environment;
  readonly #catalogue: ActionCatalogue;
  #state: Json;

  constructor(environment: Environment, catalogue: ActionCatalogue, state: Json) {
    this.#environment = environment;
    this.#catalogue = catalogue;
    this.#state = state;
  }

  /** Makes the calls of one round; returns what came of them. */
  make(calls: readonly ToolCall[]): ChatMessage[] {
    this.fault = undefined;
    return calls.map((call) => ({ role: "tool", tool_call_id: call.id, content: this.#made(call) }));
  }

  /** The turn's answer. */
  answer(reply: string, fault: TurnFault | undefined): Answer {
    return { reply, actions: this.actions, ...(fault && { fault }) };
  }

  #made({ name, arguments: written }: ToolCall): string {
    const parameters = written.trim() === "" ? {} : parsedJson(written);
    const read = parameters === undefined
      ? { code: "not_json", problem: `the arguments of ${name} are no JSON` }
      : readOne({ name, parameters }, this.#catalogue);
    if ("problem" in read) {
      this.fault ??= faultOf(read.code, `${read.problem}; it called ${name} with ${shown(written, 200)}`);
      return `error: ${read.problem}`;
    }
    this.actions.push(read.action);
    const { state, done } = this.#environment.apply(this.#state, read.action);
    this.#state = state;
    return `${done.success ? "done" : "failed"}: ${done.result_message}`;
  }
}

/** A call as the model is shown it again: services refuse arguments that are no object, also those that a model wrote. */
function sentAgain(call: ToolCall): ToolCall {
  const given = parsedJson(call.arguments);
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return call;
  return { ...call, arguments: JSON.stringify(call.arguments.trim() === "" ? {} : { invalid: call.arguments }) };
}

function assertTools(names: readonly string[]): void {
  const odd = names.find((name) => !TOOL_NAME.test(name));
  if (odd !== undefined) {
    throw new SimError("bad_tools", `action '${odd}' cannot be offered as a tool`, {
      hint: "names of tools have 1 to 64 letters, digits, _ and -",
    });
  }
  if (names.length > MOST_TOOLS) {
    throw new SimError("bad_tools", `${names.length} actions cannot be offered as tools; at most ${MOST_TOOLS} can`, {
      hint: "name those that it needs: agent: { tools: [...] }",
    });
  }
}
