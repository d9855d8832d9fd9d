/** Parts of configs that several agents have. */

import type { ConversationGlobals } from "llm-sim/conversation";
import type { SimulationState } from "llm-sim";
import { z } from "zod";

/** A mapped type, for an interface is no record of variables. */
export type Globals = { readonly [K in keyof ConversationGlobals]: ConversationGlobals[K] };

/** The world as the agents of a conversation see it: hidden parts are absent. */
export type Conversation = SimulationState<Record<string, never>, Globals>;

/** A file that a scenario puts in the place of the domain's own. */
export const fileSetting = z.strictObject({
  file: z.string().min(1).describe("its name, for errors"),
  text: z.string().describe("what it holds"),
});
