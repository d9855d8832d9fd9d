/** Agent `llm_speaker`: a person who debates, with a language model's words and mind. */

import {
  Action,
  type ActionCatalogue,
  type AgentContext,
  type AgentState,
  type Decision,
  type DecisionPart,
  LLMAgent,
  llmAgentConfig,
  type ModelDecision,
  OutgoingMessage,
  type Placeholders,
  type PromptValues,
  RULE_MARK,
  type SimulationState,
} from "llm-sim";
import { z } from "zod";
import template from "../prompts/speaker.md" with { type: "text" };
import { ADOPT, type Bounds, clamp, OPINION, type PersonVariables, type SocietyVariables } from "../variables.ts";
import { listenersOf, type Neighbour, neighboursOf } from "./neighbours.ts";
import { hegselmannKrause } from "./opinion_rules.ts";

/** Config of agent `llm_speaker`. */
export const llmSpeakerConfig = llmAgentConfig.extend({
  max_step: z.number().min(0).max(1).default(0.1).describe(
    "most by which its opinion changes in a turn, model and rule alike",
  ),
  confidence: z.number().min(0).max(1).default(0.3).describe(
    "its rule, where no model answers: how far an opinion may be from its own to count, as of agent bounded_confidence",
  ),
});

type Config = z.output<typeof llmSpeakerConfig>;
type Society = SimulationState<PersonVariables, SocietyVariables>;
type Person = AgentState<PersonVariables>;

/**
 * A person in a debate about `global.topic`. A language model says what it says and to whom, and what it thinks after it
 * has heard the others; its opinion moves by no more than `max_step` in a turn, and not at all where it is `stubborn`.
 *
 * In space it is heard by those who listen to it (see agent `degroot`), and speaks to nobody else.
 *
 * Its rule is that of Hegselmann and Krause, in steps of at most `max_step`: it decides where no good answer could be had,
 * and offline.
 */
export class LLMSpeakerAgent extends LLMAgent<Config, PersonVariables, SocietyVariables> {
  static override readonly config = llmSpeakerConfig;
  static override readonly description =
    "A person in a debate: a language model speaks for it and changes its opinion, by at most a step per turn. Without a " +
    "model it listens to opinions close to its own, as agent bounded_confidence.";
  static override readonly requires = { agent_vars: ["opinion", "stubborn"], global_vars: ["topic"] };
  static override readonly template = template;
  static override readonly placeholders: Placeholders = {
    topic: "what the debate is about",
    stance: "the person's own opinion, in words and as a number",
  };
  static override readonly mayPass = false;
  static override readonly speaks = true;

  protected override actionsFor(observation: Society, _context: AgentContext): ActionCatalogue {
    const own = this.self(observation);
    const { min, max } = reach(own, this.config);
    return {
      [ADOPT]: {
        description: "What you think now. Where nothing has moved you, it is the opinion that you have.",
        parameters: z.strictObject({
          opinion: z.number().min(min).max(max).describe(`from 0 (against) to 1 (for); it is ${tidy(own.opinion)} now`),
        }),
      },
    };
  }

  protected override recipients(observation: Society, _context: AgentContext): readonly string[] {
    return listenersOf(this.self(observation), observation);
  }

  protected override values(observation: Society, _context: AgentContext): PromptValues {
    const { opinion, stubborn } = this.self(observation);
    const topic: unknown = observation.global_state.topic;
    return {
      topic: typeof topic === "string" && topic !== "" ? topic : "(nobody has told you)",
      stance: `You are ${stanceOf(opinion)} (${tidy(opinion)})${stubborn ? ", and nothing will change that" : ""}.`,
    };
  }

  protected override decisionOf(answer: ModelDecision, observation: Society, context: AgentContext): Decision {
    return this.#carriedOut([super.decisionOf(answer, observation, context) ?? []].flat(), observation, context);
  }

  override fallbackAction(observation: Society, context: AgentContext): Decision {
    return this.#carriedOut([super.fallbackAction(observation, context) ?? []].flat(), observation, context);
  }

  protected override rule(observation: Society, _context: AgentContext): Decision {
    const own = this.self(observation);
    const others = neighboursOf(own, observation);
    const opinion = ruledOpinion(own, others, this.config);
    const near = others.filter((other) => Math.abs(other.opinion - own.opinion) <= this.config.confidence);
    const reasoning = own.stubborn ? "is stubborn" : `listens to opinions within ${this.config.confidence}`;
    return [
      this.act(ADOPT, { opinion }, { reasoning }),
      this.broadcast(RULE_MARK + ruleSays(opinion, near, others.length)),
    ];
  }

  /** Who is stubborn adopts nothing; what is said to all in space is said to those who listen. */
  #carriedOut(parts: readonly DecisionPart[], observation: Society, context: AgentContext): Decision {
    const { stubborn } = this.self(observation);
    const listeners = observation.space === null ? null : this.recipients(observation, context);
    return parts.flatMap((part): readonly DecisionPart[] => {
      if (part instanceof Action) return stubborn ? [] : [part];
      if (listeners === null || !(part instanceof OutgoingMessage) || part.to !== "*") return [part];
      return listeners.length === 0 ? [] : [this.tell(listeners, part.content)];
    });
  }
}

/** The mean of opinions close to its own, as far as one step leads. */
function ruledOpinion(own: Person, others: readonly Neighbour[], config: Config): number {
  const wished = hegselmannKrause(own.opinion, others, config.confidence);
  return clamp(tidy(wished), reach(own, config));
}

function ruleSays(opinion: number, near: readonly Neighbour[], heard: number): string {
  const company = near.length === 0 ? "nobody" : near.map(({ name }) => name).join(", ");
  // Whoever may not see the opinion itself does not hear it either.
  return `I am ${stanceOf(opinion)}. Of ${heard} whom I hear, close to me: ${company}.`;
}

/** An opinion in words. */
export function stanceOf(opinion: number): string {
  if (opinion < 0.1) return "strongly against it";
  if (opinion < 0.4) return "against it";
  if (opinion <= 0.6) return "undecided";
  return opinion <= 0.9 ? "for it" : "strongly for it";
}

/** The opinions that one step leads to, with four digits: short in a prompt. */
function reach({ opinion, stubborn }: Person, { max_step }: Config): Bounds {
  if (stubborn) return { min: opinion, max: opinion };
  const exact = { min: Math.max(OPINION.min, opinion - max_step), max: Math.min(OPINION.max, opinion + max_step) };
  const min = Math.ceil(exact.min * DIGITS - ROUNDING) / DIGITS;
  const max = Math.floor(exact.max * DIGITS + ROUNDING) / DIGITS;
  // A step so short that no such opinion is within.
  return min <= max ? { min, max } : exact;
}

function tidy(opinion: number): number {
  return Math.round(opinion * DIGITS) / DIGITS;
}

const DIGITS = 1e4;
/** Slack for numbers that are tidy but for the last bits. */
const ROUNDING = 1e-6;
