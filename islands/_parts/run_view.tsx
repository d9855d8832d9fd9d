/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import type { Provenance, RunOutput } from "./types.ts";

/** What it is told. */
export interface RunViewProps {
  readonly output: RunOutput;
  readonly provenance?: Provenance | null;
  /** Whether it listens to the page's stream. Default true. */
  readonly live?: boolean;
  /** Nothing may be steered. */
  readonly readonly?: boolean;
  /** A fork was started; default: its page is opened. */
  readonly onFork?: (runId: string, turn: number) => void;
  /** It has come to its end, or was steered. */
  readonly onChange?: () => void;
}

/** In short, until there is more. */
export function RunView({ output }: RunViewProps): VNode {
  return <p>{output.type}</p>;
}

/** Kept for props. */
export type Shown = Provenance;
