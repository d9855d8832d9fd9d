/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A comparison on its own page: what a notebook's cell shows of it. */

import type { VNode } from "preact";
import { CompareView } from "./_parts/compare_view.tsx";
import type { CompareOutput } from "./_parts/types.ts";

/** What it is told. */
export interface ComparePageProps {
  readonly output: CompareOutput;
}

/** The comparison. */
export default function ComparePage({ output }: ComparePageProps): VNode {
  return <CompareView output={output} />;
}
