/** Agent `recorded_user`: says again what a user has said, for another agent or another judge. */

import { type AgentContext, BaseAgent, type Decision } from "llm-sim";
import { z } from "zod";
import { FINISH, SAY } from "../actions.ts";
import type { Conversation, Globals } from "./_parts/settings.ts";

const config = z.strictObject({
  turns: z.array(z.strictObject({
    message: z.string().min(1).max(20_000).describe("what was said"),
    desired_action: z.json().default(null).describe("what was wanted; null: nothing that an action does"),
    repeated: z.literal(true).optional().describe("that it was wanted before"),
    fault: z.strictObject({ code: z.string().min(1), message: z.string() }).optional().describe(
      "why it is not known what was wanted",
    ),
  })).min(1).max(1000).describe("what was said and wanted, a turn each"),
});

type Config = z.output<typeof config>;

/** Says again, turn by turn, what was said; with the last turn it has said its last word. */
export class RecordedUserAgent extends BaseAgent<Config, Record<string, never>, Globals> {
  static override readonly config = config;
  static override readonly description = "Says again what a user said in a conversation that has been had.";

  override decideAction(_observation: Conversation, { turn }: AgentContext): Decision {
    const said = this.config.turns[turn - 1];
    if (said === undefined) return this.act(FINISH, { reason: "the recording is over" });
    const { message, desired_action, repeated, fault } = said;
    return this.act(SAY, {
      message,
      desired_action,
      ...(repeated && { repeated }),
      ...(fault && { fault }),
      ...(turn === this.config.turns.length && { done: true }),
    });
  }
}
