/** One conversation in a list of them. */

import type { ConversationRun } from "../types.ts";

/** What a list shows of a conversation. */
export interface ConversationLine {
  readonly run_id: string;
  /** Of its scenario. */
  readonly name: string;
  readonly status: string;
  readonly case: string | null;
  readonly user: string;
  readonly agent: string;
  readonly judge: string;
  readonly turns: number;
  readonly max_turns: number;
  readonly aligned: number;
  readonly misaligned: number;
  readonly unclear: number;
  readonly passed: boolean | null;
  readonly usd: number;
  readonly created_at: string;
}

/** The line of a conversation. */
export function lineOf(run: ConversationRun, name: string): ConversationLine {
  const { config, summary } = run;
  return {
    run_id: run.run_id,
    name,
    status: run.status,
    case: config.case,
    user: config.user.kind,
    agent: config.agent.adapter,
    judge: config.judge.kind,
    turns: run.turns.length,
    max_turns: config.max_turns,
    aligned: summary.aligned,
    misaligned: summary.misaligned,
    unclear: summary.unclear,
    passed: summary.passed,
    usd: run.cost.usd,
    created_at: run.created_at,
  };
}

/** Address of a conversation's page. */
export function conversationUrl(runId: string): string {
  return `/conversations/${encodeURIComponent(runId)}`;
}
