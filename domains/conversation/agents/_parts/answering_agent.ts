/** What agents under test have in common: what they see, when they are asked, and how their answer becomes an action. */

import { type AgentContext, type AgentSpec, BaseAgent, type Decision, didYouMean, type Json, SimError } from "llm-sim";
import {
  type ActionCatalogue,
  type Environment,
  type EnvironmentSpec,
  environmentSpecSchema,
  type OutlineOptions,
  readEnvironment,
  type TranscriptTurn,
} from "llm-sim/conversation";
import { z } from "zod";
import { REPLY } from "../../actions.ts";
import { type Answer, checked, faultOfFailure } from "./answer.ts";
import type { Conversation, Globals } from "./settings.ts";

/** What an agent under test sees in a turn. */
export interface Seen {
  /** What the user says now. */
  readonly message: string;
  /** The turns before. */
  readonly before: readonly TranscriptTurn[];
  /** The environment's state. */
  readonly plan: Json;
}

/** Whose settings count when it asks a model: a key of `llm.roles`. */
export const ROLE = "agent";
/** How much of what is talked about prompts tell. */
export const OUTLINE: OutlineOptions = { max_depth: 4, max_nodes: 60 };

/** Config keys of agents that act in an environment. */
export const inEnvironment = {
  environment: environmentSpecSchema.describe("what is talked about, and what may be done"),
  max_actions_per_turn: z.number().int().min(1).max(100).default(10).describe("actions that it may take in a turn"),
};

/** Config keys of agents that a model moves: what they may do. */
export const offeredActions = {
  tools: z.array(z.string()).max(1000).nullish().describe("names of the actions that it is offered; absent: all"),
};

/** Config of agents whose answers are bounded. */
interface Bounded {
  readonly max_actions_per_turn: number;
}

/**
 * An agent under test. It is asked in turns in which the user has said something; that it cannot answer is data, and no
 * failure of the run: a model or a service that fails makes a fault of the turn.
 */
export abstract class AnsweringAgent<C extends Bounded> extends BaseAgent<C, Record<string, never>, Globals> {
  static override readonly requires = { global_vars: ["transcript", "plan"] };

  /** Answers what the user says. @throws {ModelError} which becomes the turn's fault */
  protected abstract answer(seen: Seen, context: AgentContext): Answer | Promise<Answer>;

  /** `reply` with what it says and does; null when the user has said nothing in this turn. */
  override async decideAction({ global_state }: Conversation, context: AgentContext): Promise<Decision> {
    const { transcript, plan } = global_state;
    const now = transcript.at(-1);
    if (now === undefined || now.index !== context.turn) return null;
    const answer = await this.#answered({ message: now.message, before: transcript.slice(0, -1), plan }, context);
    const { reply, actions, fault } = checked(answer, this.config.max_actions_per_turn);
    return this.act(REPLY, {
      reply,
      actions: actions.map((action) => ({ ...action })),
      ...(fault && { fault: { ...fault } }),
    });
  }

  async #answered(seen: Seen, context: AgentContext): Promise<Answer> {
    try {
      return await this.answer(seen, context);
    } catch (error) {
      return { reply: "", actions: [], fault: faultOfFailure(error) };
    }
  }
}

/** Config of agents that act in an environment. */
interface InEnvironment extends Bounded {
  readonly environment: EnvironmentSpec;
  readonly tools?: readonly string[] | null | undefined;
}

/** An agent under test that knows the environment and what may be done in it. */
export abstract class ActingAgent<C extends InEnvironment> extends AnsweringAgent<C> {
  /** Where the conversation takes place. */
  protected readonly environment: Environment;
  /** What it may do. */
  protected readonly catalogue: ActionCatalogue;

  /** Built by the framework. @throws {SimError} when the environment is none; `unknown_action` */
  constructor(spec: AgentSpec<C>) {
    super(spec);
    this.environment = readEnvironment(spec.config.environment);
    this.catalogue = offered(this.environment.catalogue, spec.config.tools);
  }
}

/** The actions of these names. */
function offered(catalogue: ActionCatalogue, names: readonly string[] | null | undefined): ActionCatalogue {
  if (!names) return catalogue;
  return Object.fromEntries(names.map((name) => {
    const schema = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
    if (schema) return [name, schema];
    throw new SimError("unknown_action", `tools names '${name}', which is no action of the environment`, {
      hint: didYouMean(name, Object.keys(catalogue)),
    });
  }));
}
