/** Conversations that were had elsewhere. */

import type { ActionSpec, DoneAction, TurnFault } from "../../../framework/conversation/mod.ts";

/** One turn as it was had: what a `recorded` user and a `recorded` agent say again. */
export interface RecordedTurn {
  readonly message: string;
  /** What the user wanted: nobody wrote it down. */
  readonly desired_action: ActionSpec | null;
  /** Null: the agent said nothing. */
  readonly reply: string | null;
  readonly actions: readonly DoneAction[];
  /** Why the answer is none. */
  readonly fault?: TurnFault;
}

/** A conversation as it was had, to be judged or labelled. */
export interface RecordedConversation {
  /** Where it stands: `line 3`, `conversation 2`. */
  readonly place: string;
  /** What the agent had been told; null: that is not recorded. */
  readonly system: string | null;
  readonly turns: readonly RecordedTurn[];
  /** What was left out or had to be assumed, a sentence each. */
  readonly notes: readonly string[];
}
