/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import type { CompareOutput, Provenance } from "./types.ts";

/** What it is told. */
export interface CompareViewProps {
  readonly output: CompareOutput;
  readonly provenance?: Provenance | null;
}

/** In short, until there is more. */
export function CompareView({ output }: CompareViewProps): VNode {
  return <p>{output.type}</p>;
}

/** Kept for props. */
export type Shown = Provenance;
