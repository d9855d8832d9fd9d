/** Agent `llm_user`: a person with a goal, played by a language model. */

import {
  type AgentContext,
  BaseAgent,
  canonicalJson,
  type ChatAnswer,
  type ChatMessage,
  type Decision,
  type Json,
  type JsonObject,
  ModelError,
  PromptTemplate,
  RULE_MARK,
  shortened,
} from "llm-sim";
import {
  type ActionSpec,
  catalogueText,
  type Environment,
  environmentSpecSchema,
  phraseOf,
  readAction,
  readEnvironment,
  readPhrase,
  type TranscriptTurn,
  type TurnFault,
} from "llm-sim/conversation";
import { z } from "zod";
import { SAY } from "../actions.ts";
import defaultTemplate from "../prompts/simulated_user.md" with { type: "text" };
import { breakOfCharacter } from "./_parts/character.ts";
import { dataText } from "./data_text.ts";
import { runFailure } from "./_parts/model_failure.ts";
import { namesInOutline, speaksAsCall, unmentioned, withIds } from "./_parts/mentions.ts";
import { offlineWish } from "./_parts/offline_wish.ts";
import { QuotedSource } from "./_parts/quotation.ts";
import { type Conversation, fileSetting, type Globals } from "./_parts/settings.ts";

const text = (most: number) => z.string().max(most).default("");
const statements = () => z.array(z.string().max(2000)).max(100).default([]);

const config = z.strictObject({
  environment: environmentSpecSchema.describe("what is talked about, and what may be done"),
  persona: text(8000).describe("who the user is"),
  goal: text(8000).describe("what the user wants to reach"),
  instructions: text(20_000).describe("how the user is to go about it"),
  facts: statements().describe("what the user knows and may tell"),
  secrets: statements().describe("what the user knows and tells only when asked"),
  temperament: text(2000).describe("how the user speaks"),
  outline: z.strictObject({
    max_depth: z.int().min(0).max(100).default(4).describe("deepest level that is shown"),
    max_nodes: z.int().min(1).max(10_000).default(60).describe("tasks that are shown at most"),
  }).prefault({}).describe("how much the user is shown of what is talked about"),
  prompt: fileSetting.optional().describe("a template in place of the domain's own"),
});

type Config = z.output<typeof config>;

/** The role whose settings count. */
const ROLE = "simulated_user";
/** Kind of memory that wishes are kept under. */
const WISH = "wish";
/** Characters of a text of the transcript that are shown. */
const SHOWN = 4000;
/** Turns of the transcript that are shown. */
const TURNS_SHOWN = 30;
/** What is said where nothing was: an utterance is never empty. */
const NO_ANSWER = "(no answer)";
/** What is wanted where the scenario says nothing. */
const DEFAULTS = {
  persona: "Somebody who works with what is talked about.",
  temperament: "plainly and to the point",
  goal: "Improve what is talked about, step by step, until you are content with it.",
};

const PLACEHOLDERS = {
  persona: "who the user is",
  temperament: "how the user speaks",
  goal: "what the user wants to reach",
  instructions: "how the user is to go about it",
  facts: "what the user may tell",
  secrets: "what the user tells only when asked",
  answer: "how the answer must look",
  outline: "what is talked about",
  actions: "what the assistant can do",
  history: "what was said and done so far",
  wishes: "what the user has asked for already",
  feedback: "what went wrong since the user spoke last",
  turn: "number of the turn, from 1",
};

const ANSWER =
  "one JSON object with `user_message` (what you say), `desired_action` (an object with `kind`, `name` and " +
  "`parameters`; null when no action is wanted) and `done` (true when this is the last that you want to say); nothing else";

// The action is read by the catalogue, not by the schema: what is wrong with it is told in the catalogue's terms.
const answerSchema = z.object({
  user_message: z.string().max(8000).describe("what you say"),
  desired_action: z.unknown().meta({
    description: "the one action that would do just that; null: none is wanted",
    anyOf: [
      {
        type: "object",
        properties: { kind: { type: "string" }, name: { type: "string" }, parameters: { type: "object" } },
        required: ["kind", "name", "parameters"],
      },
      { type: "null" },
    ],
  }),
  done: z.boolean().nullish().describe("whether this is the last that you want to say"),
});

type Answer = z.output<typeof answerSchema>;

/** A wish of an earlier turn. */
interface Remembered {
  readonly index: number;
  readonly action: ActionSpec;
}

/** What went wrong in an earlier turn, as the engine says it. */
interface Feedback {
  readonly turn_index: number;
  readonly reason: string;
}

/** What the user knows when it speaks. */
interface Situation {
  readonly state: Json;
  readonly outline: string;
  readonly transcript: readonly TranscriptTurn[];
  readonly wishes: readonly Remembered[];
  readonly feedback: readonly Feedback[];
}

/** What the user says, and what is wrong with it. */
interface Utterance {
  readonly message: string;
  readonly desired_action: ActionSpec | null;
  readonly done: boolean;
  readonly repeated: boolean;
  readonly fault: TurnFault | null;
  /** Sentences for the model, should it be asked again. */
  readonly complaints: readonly string[];
}

/**
 * A person, played by a language model in the role `simulated_user`: it says what it wants and notes the action that would
 * do just that. It sees what is talked about, what was said and done, and of verdicts only those by which a turn went
 * wrong: knowing the others would make it a judge's friend.
 *
 * An utterance is asked for once more when its wish is no action of the catalogue, was wished for before or would repeat
 * what is there, when it leaves out what the action needs, asks for something that no wish notes, hands the action over as
 * a call, and when it falls out of character. What is still wrong then is recorded: a wish that is none (fault
 * `bad_action`), one that the message does not tell (`untold_value`), or that is missing (`no_wish`), and a person that is
 * none (`out_of_character`) make the turn unclear; so does a model that gives no answer (`no_utterance`), unless the
 * scenario says `on_failure: fail`, or `skip`: then the user says nothing.
 *
 * The offline provider, which is no language model, asks by rule for one change after another.
 */
export class LLMUserAgent extends BaseAgent<Config, Record<string, never>, Globals> {
  static override readonly config = config;
  static override readonly description =
    "A person with a goal, played by a language model: says what it wants and notes the action that would do it.";
  static override readonly llm = true;
  static override readonly requires = { global_vars: ["plan", "transcript"] };

  readonly #environment: Environment;
  readonly #template: PromptTemplate;
  readonly #instructions: QuotedSource;

  /**
   * Built by the framework, once per simulation process.
   * @throws {SimError} `bad_prompt`, saying where
   */
  constructor(spec: { readonly name: string; readonly config: Config }) {
    super(spec);
    const { prompt = { file: "prompts/simulated_user.md", text: defaultTemplate }, environment } = this.config;
    this.#environment = readEnvironment(environment);
    this.#template = PromptTemplate.parse(prompt.text, { file: prompt.file, placeholders: PLACEHOLDERS });
    this.#instructions = new QuotedSource(prompt.text);
  }

  /** @throws {SimError} when no answer could be had and the scenario says `on_failure: fail` */
  override async decideAction(observation: Conversation, context: AgentContext): Promise<Decision> {
    const situation = this.#situation(observation, context);
    try {
      return this.#said(await this.#utterance(situation, context), context);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      return this.#silent(error, context);
    }
  }

  /** Nothing that can be understood, recorded as that. */
  override fallbackAction(_observation: Conversation, context: AgentContext): Decision {
    return this.#silent(new ModelError("no_utterance", "the simulated user could not speak"), context);
  }

  #situation({ global_state: { plan, transcript } }: Conversation, { turn, memory, inbox }: AgentContext): Situation {
    return {
      state: plan,
      outline: this.#environment.outline(plan, this.config.outline),
      transcript: transcript.filter(({ index }) => index < turn),
      wishes: memory.recall({ kind: WISH }).map(({ content }) => content as unknown as Remembered),
      feedback: inbox.flatMap(({ content }) => feedbackIn(content)),
    };
  }

  /** The model's answer, asked for a second time where the first one has faults. */
  async #utterance(situation: Situation, context: AgentContext): Promise<Utterance> {
    const { system, user } = this.#prompt(situation, context);
    const ask = (purpose: string, more: readonly ChatMessage[]): Promise<ChatAnswer<Answer>> =>
      context.llm.chat({
        role: ROLE,
        purpose,
        ...(system !== undefined && { system }),
        messages: [{ role: "user", content: user }, ...more],
        schema: answerSchema,
        offline: () => this.#ruled(situation, context),
      });
    const answer = await ask("utter", []);
    const first = this.#heard(answer.value, situation);
    // A rule has nothing better to say.
    if (first.complaints.length === 0 || context.llm.isOffline(ROLE)) return first;
    const note = `${first.complaints.map((complaint) => `- ${complaint}`).join("\n")}\n` +
      "Say it again, as the same person, without these mistakes. Answer with one JSON object as before.";
    try {
      const again = await ask("utter_again", [
        { role: "assistant", content: shortened(answer.text, SHOWN) },
        { role: "user", content: `This cannot be taken as it is:\n${note}` },
      ]);
      const second = this.#heard(again.value, situation);
      return gravity(second) > gravity(first) ? first : second;
    } catch (error) {
      if (!(error instanceof ModelError) || context.llm.onFailure(ROLE) === "fail") throw error;
      return first;
    }
  }

  /** What an answer comes to. */
  #heard({ user_message, desired_action, done }: Answer, situation: Situation): Utterance {
    const message = user_message.trim().toWellFormed();
    const { wish, problem } = this.#wishOf(desired_action);
    const slip = breakOfCharacter(message, {
      instructions: this.#instructions,
      secrets: this.config.secrets,
      replies: situation.transcript.map(({ reply }) => reply ?? ""),
    });
    const repeats = wish === null ? null : this.#repeats(wish, situation);
    const { catalogue } = this.#environment;
    const names = namesInOutline(situation.outline);
    const left = wish === null ? [] : unmentioned(wish, message, catalogue, names);
    const untold = left.length === 0 ? null : `does not say what desired_action holds as: ${left.join(", ")}`;
    const asked = desired_action === null ? readPhrase(withIds(message, names), catalogue)[0] : undefined;
    const unnoted = asked === undefined ? null : `asks for something (${asked.name}), and desired_action is null`;
    const isCall = wish !== null && speaksAsCall(message, wish);
    return {
      message: message || NO_ANSWER,
      desired_action: wish,
      done: done === true,
      repeated: repeats !== null,
      fault: slip !== null
        ? { code: "out_of_character", message: `the user's message ${slip}` }
        : problem !== null
        ? { code: "bad_action", message: `the wish is no action: ${problem}` }
        : untold !== null
        ? { code: "untold_value", message: `the user's message ${untold}` }
        : unnoted !== null
        ? { code: "no_wish", message: `the user's message ${unnoted}` }
        : null,
      complaints: [
        ...(slip === null ? [] : [`user_message ${slip}; you are a person who uses an assistant, and nothing else.`]),
        ...(problem === null ? [] : [`desired_action: ${problem}.`]),
        ...(repeats === null ? [] : [`desired_action: ${repeats}; ask for something else.`]),
        ...(untold === null ? [] : [`user_message ${untold}.`]),
        ...(unnoted === null ? [] : [`user_message ${unnoted}; note the action that would do it.`]),
        ...(isCall ? ["user_message names the action or its parameters; say it in a person's words."] : []),
      ],
    };
  }

  #wishOf(written: unknown): { readonly wish: ActionSpec | null; readonly problem: string | null } {
    if (written === null) return { wish: null, problem: null };
    const read = readAction(written, this.#environment.catalogue);
    return "action" in read ? { wish: read.action, problem: null } : { wish: null, problem: read.problem };
  }

  /** Why a wish is one too many; null: it is not. What went wrong may be asked for again. */
  #repeats(wish: ActionSpec, { state, wishes, feedback }: Situation): string | null {
    const before = wishes.findLast(({ action }) => isSame(action, wish));
    if (before === undefined) return this.#environment.repeats(state, wish);
    return feedback.some(({ turn_index }) => turn_index === before.index)
      ? null
      : `you have asked for the same in turn ${before.index}`;
  }

  /** What is said without a model. */
  #ruled(situation: Situation, { rng }: AgentContext): Answer {
    const { state } = situation;
    const wish = offlineWish(this.#environment, state, rng, (action) => this.#repeats(action, situation) !== null);
    return wish === null
      ? { user_message: "Thank you, that is all.", desired_action: null, done: true }
      : { user_message: phraseOf(wish, this.#environment.catalogue), desired_action: wish };
  }

  #said({ message, desired_action, done, repeated, fault }: Utterance, { turn, memory, llm }: AgentContext): Decision {
    if (desired_action !== null) {
      memory.add({ index: turn, action: desired_action as unknown as Json }, { kind: WISH });
    }
    return this.act(
      SAY,
      {
        message,
        desired_action: desired_action as unknown as Json,
        ...(done && { done }),
        ...(repeated && { repeated }),
        ...(fault !== null && { fault: fault as unknown as JsonObject }),
      },
      llm.isOffline(ROLE) ? { reasoning: `${RULE_MARK}asks for a change that nobody has asked for yet` } : {},
    );
  }

  /** What follows where the model gave no answer. @throws {SimError} when the scenario says `on_failure: fail` */
  #silent(error: ModelError, { llm }: AgentContext): Decision {
    const policy = llm.onFailure(ROLE);
    if (policy === "fail") throw runFailure(error);
    if (policy === "skip") return null;
    const fault = { code: "no_utterance", message: error.message };
    return this.act(SAY, { message: NO_ANSWER, desired_action: null, fault });
  }

  #prompt({ outline, transcript, wishes, feedback }: Situation, { turn }: AgentContext) {
    const { persona, goal, temperament, instructions, facts, secrets } = this.config;
    return this.#template.render({
      persona: persona || DEFAULTS.persona,
      goal: goal || DEFAULTS.goal,
      temperament: temperament || DEFAULTS.temperament,
      instructions,
      facts: listed(facts),
      secrets: listed(secrets),
      answer: ANSWER,
      outline,
      actions: catalogueText(this.#environment.catalogue),
      history: historyText(transcript),
      wishes: listed(wishes.map(({ index, action }) => `turn ${index}: ${callText(action)}`)),
      feedback: listed(
        feedback.map(({ turn_index, reason }) => `turn ${turn_index} was not what you wanted: ${shown(reason)}`),
      ),
      turn: String(turn),
    });
  }
}

/** Faults from small to great. */
const FAULTS = ["no_wish", "untold_value", "bad_action", "out_of_character"];

/** How bad an utterance is; −1: it has no fault. */
function gravity({ fault }: Utterance): number {
  return fault === null ? -1 : FAULTS.indexOf(fault.code);
}

/** What a message says of a turn that went wrong; nothing when it is about something else. */
function feedbackIn(content: Json): Feedback[] {
  const { turn_index, reason } = (content ?? {}) as Partial<Feedback>;
  return typeof turn_index === "number" && typeof reason === "string" ? [{ turn_index, reason }] : [];
}

function isSame(a: ActionSpec, b: ActionSpec): boolean {
  return a.name === b.name && canonicalJson(a.parameters) === canonicalJson(b.parameters);
}

function listed(lines: readonly string[]): string {
  return lines.length === 0 ? "(nothing)" : lines.map((line) => `- ${line}`).join("\n");
}

/** The last turns. */
function historyText(transcript: readonly TranscriptTurn[]): string {
  if (transcript.length === 0) return "(nothing yet: you begin)";
  const left = transcript.length - TURNS_SHOWN;
  const turns = transcript.slice(-TURNS_SHOWN).map(turnText);
  return [...(left > 0 ? [`(${left} earlier turns are left out)`] : []), ...turns].join("\n\n");
}

function turnText({ index, message, reply, actions, fault }: TranscriptTurn): string {
  const did = actions.map((action) =>
    `- it did ${callText(action)}: ${action.success ? "done" : "failed"}, ${shown(action.result_message)}`
  );
  return [
    `Turn ${index}`,
    `- you said ${shown(message)}`,
    `- the assistant answered ${shown(reply ?? "")}${fault === undefined ? "" : " (that was no proper answer)"}`,
    ...did,
  ].join("\n");
}

function callText({ name, parameters }: ActionSpec): string {
  return `${name} ${dataText(parameters)}`;
}

function shown(text: string): string {
  return dataText(shortened(text, SHOWN));
}
