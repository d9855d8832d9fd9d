/** Agent `llm_judge`: a judge that asks a model where rules cannot tell. */

import { type AgentContext, ModelError, PromptTemplate, shortened, SimError } from "llm-sim";
import { type ActionSpec, ALIGNMENTS, type JudgeVerdict, needsJudge } from "llm-sim/conversation";
import { z } from "zod";
import defaultTemplate from "../prompts/judge.md" with { type: "text" };
import { ConversationJudge, judgeConfig, type SeenTurn } from "./conversation_judge.ts";
import { dataBlock } from "./data_text.ts";
import { runFailure } from "./_parts/model_failure.ts";
import { persuasionIn } from "./_parts/persuasion.ts";
import { QuotedSource } from "./_parts/quotation.ts";
import { type Criterion, readRubric } from "./_parts/rubric.ts";
import { fileSetting } from "./_parts/settings.ts";

const config = judgeConfig.extend({
  prompt: fileSetting.optional().describe("a template in place of the domain's own"),
  rubric: fileSetting.optional().describe("what the model gives 1 to 5 points for: lines `- name: what 1 and 5 mean`"),
  swap: z.boolean().default(false).describe("whether the model is shown what was done before what was wanted"),
});

type Config = z.output<typeof config>;

/** The role whose settings count. */
const ROLE = "judge";

const PLACEHOLDERS = {
  evidence: "what was wanted and what was done, as JSON",
  extras: "what actions mean that nobody wanted",
  rubric: "what points are given for",
  answer: "how the answer must look",
};

/** What changes mean that nobody asked for. */
const EXTRAS: { readonly [policy in Config["extra_actions"]]: string } = {
  tolerate: "Further actions of the assistant count for nothing.",
  flag: "Further actions of the assistant count against it only where they change what the wish does not call for.",
  fail: "Further actions that change anything are wrong, however useful they are.",
};

const SCORE = { aligned: 0, misaligned: 1, unclear: null } as const;

/**
 * Judges by rules; where these say `unclear` of something that can be told, a language model is asked. It is shown the
 * wished action and the actions that were taken, never what was said. Nothing that is no clear answer of the model counts
 * as aligned: an answer that contradicts itself (another score, no confidence, poor points) or is none, and actions that
 * speak to the judge, leave the turn unclear. Where it is misaligned by its words, the action does not count as done.
 * The offline provider, which is no language model, is not asked.
 */
export class LLMJudgeAgent extends ConversationJudge<Config> {
  static override readonly config = config;
  static override readonly description =
    "Compares what was wanted with what was done by rules; a model is asked where these cannot tell.";
  static override readonly llm = true;

  readonly #template: PromptTemplate;
  readonly #instructions: QuotedSource;
  readonly #rubric: readonly Criterion[];
  readonly #answer: ReturnType<typeof answerSchemaFor>;

  /**
   * Built by the framework, once per simulation process.
   * @throws {SimError} `bad_prompt` or `bad_rubric`, saying where
   */
  constructor(spec: { readonly name: string; readonly config: Config }) {
    super(spec);
    const { prompt = { file: "prompts/judge.md", text: defaultTemplate }, rubric } = this.config;
    this.#template = PromptTemplate.parse(prompt.text, { file: prompt.file, placeholders: PLACEHOLDERS });
    if (!this.#template.names.has("evidence")) {
      throw new SimError("bad_prompt", `${prompt.file}: the judge is never shown what was wanted and done`, {
        hint: "put {{evidence}} where it is to stand",
      });
    }
    this.#instructions = new QuotedSource(prompt.text);
    this.#rubric = rubric === undefined ? [] : readRubric(rubric.text, rubric.file);
    this.#answer = answerSchemaFor(this.#rubric);
  }

  /** @throws {SimError} when no good answer could be had and the scenario says `on_failure: fail` */
  protected override settle(
    ruled: JudgeVerdict,
    { wish, turn }: SeenTurn,
    { llm }: AgentContext,
  ): JudgeVerdict | Promise<JudgeVerdict> {
    if (!needsJudge(ruled)) return ruled;
    if (llm.isOffline(ROLE)) return stillUnclear(ruled, "No judge model was asked: the offline provider is none");
    const persuasion = persuasionIn(turn.actions, wish.desired_action, this.#instructions);
    if (persuasion !== null) return stillUnclear(ruled, `The judge was not asked: the agent's actions ${persuasion}`);
    return this.#asked(ruled, { wish, turn }, llm);
  }

  async #asked(ruled: JudgeVerdict, seen: SeenTurn, llm: AgentContext["llm"]): Promise<JudgeVerdict> {
    const { system, user } = this.#template.render({
      evidence: evidenceOf(seen, this.config.swap),
      extras: EXTRAS[this.config.extra_actions],
      rubric: rubricText(this.#rubric),
      answer: answerText(this.#rubric),
    });
    try {
      const { value } = await llm.chat({
        role: ROLE,
        purpose: "judge",
        ...(system !== undefined && { system }),
        messages: user,
        schema: this.#answer,
      });
      return verdictOf(value, ruled);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      if (llm.onFailure(ROLE) === "fail") throw runFailure(error);
      return stillUnclear(ruled, failureText(error));
    }
  }
}

/** What the rules said, and why nobody could say more. */
function stillUnclear(ruled: JudgeVerdict, why: string): JudgeVerdict {
  return { ...ruled, explanation: `${ruled.explanation} ${why.replace(/\.$/, "")}.` };
}

function failureText({ code, message }: ModelError): string {
  const what = code !== "invalid_answer"
    ? "The judge could not be asked"
    : message.includes(CONTRADICTION)
    ? "The judge contradicted itself"
    : "The judge's answer was invalid";
  return `${what}: ${message.replace(/\s+/g, " ")}`;
}

/** Points of a rubric that nothing aligned has. */
const POOR = 2;

/** By this the refusal of such an answer is known. */
const CONTRADICTION = "contradicts the alignment";

function answerSchemaFor(rubric: readonly Criterion[]) {
  const points = Object.fromEntries(
    rubric.map(({ name, meaning }) => [name, z.int().min(1).max(5).describe(meaning)]),
  );
  return z.object({
    reason: z.string().trim().min(1).describe("why, in a sentence or two"),
    alignment: z.enum(ALIGNMENTS).describe("whether the assistant did what was wanted"),
    alignment_score: z.literal([0, 1]).nullish().describe(
      "0: aligned, 1: misaligned, null: unclear",
    ),
    confidence: z.number().min(0).max(1).nullish().describe("how sure you are, from 0 to 1"),
    ...(rubric.length > 0 && { rubric: z.object(points).describe("points, 1 to 5 each") }),
  }).superRefine(({ alignment, alignment_score: score, confidence, rubric }, context) => {
    const refuse = (value: unknown, means: string, ...path: string[]) =>
      context.addIssue({ code: "custom", path, message: `${value} ${CONTRADICTION} '${alignment}': ${means}` });
    if (score !== undefined && score !== SCORE[alignment]) {
      refuse(score, "0 is aligned, 1 misaligned, null unclear", "alignment_score");
    }
    if (alignment !== "aligned") return;
    if (confidence === 0) refuse(confidence, "who is not sure at all calls it unclear", "confidence");
    for (const [name, points] of Object.entries(rubric ?? {})) {
      if (points <= POOR) refuse(points, `up to ${POOR} points are for what is not done well`, "rubric", name);
    }
  });
}

type Answer = z.output<ReturnType<typeof answerSchemaFor>>;

function verdictOf({ reason, alignment, confidence, rubric }: Answer, ruled: JudgeVerdict): JudgeVerdict {
  const score = SCORE[alignment];
  // Rules let the pair count until somebody says that its words, or dates, mean something else.
  const isOther = alignment === "misaligned" && ruled.witness?.wanted !== undefined && ruled.witness.done !== undefined;
  const share = (ofRules: number | null) => isOther && ofRules !== null ? 0 : ofRules;
  return {
    alignment,
    explanation: shortened(reason.toWellFormed(), 2000),
    ...(typeof confidence === "number" && { confidence }),
    ...(score !== null && { score }),
    ...(rubric !== undefined && { rubric: rubric as { readonly [name: string]: number } }),
    witness: alignment === "aligned" ? null : ruled.witness,
    by: "llm",
    precision: share(ruled.precision),
    recall: share(ruled.recall),
  };
}

function evidenceOf({ wish, turn }: SeenTurn, swap: boolean): string {
  const wanted = wish.desired_action === null
    ? "No action was wanted: the user only talked."
    : dataBlock([specOf(wish.desired_action)]);
  const done = turn.actions.map((action) => ({ ...specOf(action), success: action.success }));
  const parts = [`# What was wanted\n\n${wanted}`, `# What the assistant did\n\n${dataBlock(done)}`];
  return (swap ? parts.reverse() : parts).join("\n\n");
}

function specOf({ kind, name, parameters }: ActionSpec) {
  return { kind, name, parameters };
}

function rubricText(rubric: readonly Criterion[]): string {
  if (rubric.length === 0) return "";
  const lines = rubric.map(({ name, meaning }) => `- \`${name}\`: ${meaning}`);
  return `# Points\n\nGive 1 to 5 points for each of these:\n\n${lines.join("\n")}`;
}

function answerText(rubric: readonly Criterion[]): string {
  const points = rubric.length === 0 ? "" : ", `rubric` (an object with your points for each name)";
  return "one JSON object with, in this order, `reason` (why, in a sentence or two), `alignment` (`aligned`, `misaligned` " +
    "or `unclear`), `alignment_score` (0: aligned, 1: misaligned, null: unclear), `confidence` (how sure you are, from 0 " +
    `to 1)${points}; nothing else`;
}
