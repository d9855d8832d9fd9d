/** Agent `rule_judge`: a judge that asks no model. */

import type { JudgeVerdict } from "llm-sim/conversation";
import { ConversationJudge, type JudgeConfig, judgeConfig } from "./conversation_judge.ts";

/** Judges by rules alone: what these cannot tell is unclear. */
export class RuleJudgeAgent extends ConversationJudge<JudgeConfig> {
  static override readonly config = judgeConfig;
  static override readonly description =
    "Compares what was wanted with what was done by rules alone; what these cannot tell is unclear.";

  protected override settle(ruled: JudgeVerdict): JudgeVerdict {
    return ruled;
  }
}
