/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import type { BatchOutput, Provenance } from "./types.ts";

/** What it is told. */
export interface BatchViewProps {
  readonly output: BatchOutput;
  readonly provenance?: Provenance | null;
  readonly live?: boolean;
  readonly readonly?: boolean;
  readonly onChange?: () => void;
}

/** In short, until there is more. */
export function BatchView({ output }: BatchViewProps): VNode {
  return <p>{output.type}</p>;
}

/** Kept for props. */
export type Shown = Provenance;
