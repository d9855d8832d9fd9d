/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import type { ConversationOutput, Provenance } from "./types.ts";

/** What it is told. */
export interface ConversationViewProps {
  readonly output: ConversationOutput;
  readonly provenance?: Provenance | null;
  readonly live?: boolean;
  readonly readonly?: boolean;
  readonly onChange?: () => void;
}

/** In short, until there is more. */
export function ConversationView({ output }: ConversationViewProps): VNode {
  return <p>{output.type}</p>;
}

/** Kept for props. */
export type Shown = Provenance;
