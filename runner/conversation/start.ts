/** A conversation that is asked for, as the start of a run. */

import type { Json } from "../../framework/mod.ts";
import type { Setting } from "../../framework/scenario/mod.ts";
import type { StartSpec } from "../starts.ts";
import { PLAN_LABEL, SESSION_LABEL } from "./view.ts";

/** What to talk about, and who does. */
export interface ConversationSpec extends Omit<StartSpec, "mode"> {
  /** Name of the case; absent: the section as it stands. */
  readonly case?: string;
  /** What the simulated user is after. */
  readonly goal?: string;
  readonly maxTurns?: number;
  /** A name of the caller's for what belongs together. */
  readonly sessionId?: string;
  /** The caller's name of the plan. */
  readonly planId?: string;
  /** Whether it waits to be advanced, turn by turn. Default: it is played to its end. */
  readonly manual?: boolean;
}

/** The start of a run that it is. */
export function conversationStart(spec: ConversationSpec): StartSpec {
  const { case: name, goal, maxTurns, sessionId, planId, manual, set = [], labels = {}, ...rest } = spec;
  return {
    ...rest,
    set: [
      ...(name === undefined ? [] : [setting("conversation.case", name, "case")]),
      ...set,
      ...(goal === undefined ? [] : [setting("conversation.user.goal", goal, "goal")]),
      ...(maxTurns === undefined ? [] : [setting("conversation.max_turns", maxTurns, "max_turns")]),
    ],
    labels: {
      ...labels,
      ...(sessionId !== undefined && { [SESSION_LABEL]: sessionId }),
      ...(planId !== undefined && { [PLAN_LABEL]: planId }),
    },
    mode: manual ? "hold" : "auto",
    needsConversation: true,
  };
}

/** A scenario path with its value. */
export function setting(path: string, value: Json, from: string): Setting {
  return { path, value, from };
}
