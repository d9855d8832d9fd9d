/** What the judges of a conversation have in common: they say of each turn whether the agent did what was wanted. */

import { type AgentContext, BaseAgent, type Decision, type JsonObject, SimError } from "llm-sim";
import {
  type ActionCatalogue,
  environmentSpecSchema,
  EXTRA_ACTIONS,
  type JudgeVerdict,
  readEnvironment,
  ruledVerdict,
  type TranscriptTurn,
  type Wish,
} from "llm-sim/conversation";
import { z } from "zod";
import { JUDGE } from "../actions.ts";
import type { Conversation, Globals } from "./_parts/settings.ts";

/** Config of every judge. */
export const judgeConfig = z.strictObject({
  environment: environmentSpecSchema.describe("what is talked about, and what may be done"),
  extra_actions: z.enum(EXTRA_ACTIONS).default("flag").describe(
    "what actions that nobody wanted make of a turn: nothing, unclear, misaligned",
  ),
});

/** Checked config of every judge. */
export type JudgeConfig = z.output<typeof judgeConfig>;

/** A turn as a judge sees it: what was wanted, and what was done. */
export interface SeenTurn {
  readonly wish: Wish;
  readonly turn: TranscriptTurn;
}

/** Judges by rules, and leaves to its classes what follows where these say `unclear`. */
export abstract class ConversationJudge<C extends JudgeConfig> extends BaseAgent<C, Record<string, never>, Globals> {
  static override readonly requires = { global_vars: ["transcript", "wishes"] };

  readonly #catalogue: ActionCatalogue;

  constructor(spec: { readonly name: string; readonly config: C }) {
    super(spec);
    this.#catalogue = readEnvironment(this.config.environment).catalogue;
  }

  /**
   * Judges the turn, if there was one.
   * @throws {SimError} `no_wish` when it is not shown what the user wanted
   */
  override decideAction(observation: Conversation, context: AgentContext): Decision | Promise<Decision> {
    const { transcript, wishes } = observation.global_state;
    const turn = transcript.at(-1);
    if (turn?.index !== context.turn) return null;
    const wish = wishes?.find(({ index }) => index === turn.index);
    if (wish === undefined) {
      throw new SimError("no_wish", `the judge is not shown what the user wanted in turn ${turn.index}`, {
        hint: "the variable 'wishes' must be visible to it: observability level insider",
      });
    }
    const ruled = ruledVerdict({ wish, turn, catalogue: this.#catalogue, extra: this.config.extra_actions });
    const verdict = this.settle(ruled, { wish, turn }, context);
    return verdict instanceof Promise ? verdict.then((late) => this.#said(late)) : this.#said(verdict);
  }

  /** The verdict that stands in the end. */
  protected abstract settle(
    ruled: JudgeVerdict,
    seen: SeenTurn,
    context: AgentContext,
  ): JudgeVerdict | Promise<JudgeVerdict>;

  #said(verdict: JudgeVerdict): Decision {
    return this.act(JUDGE, { verdict: verdict as unknown as JsonObject });
  }
}
