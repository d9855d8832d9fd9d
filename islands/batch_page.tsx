/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** One batch on its own page: what a notebook's cell shows of it, live. */

import type { VNode } from "preact";
import { BatchView } from "./_parts/batch_view.tsx";
import type { BatchOutput, Provenance } from "./_parts/types.ts";

/** What it is told. */
export interface BatchPageProps {
  readonly output: BatchOutput;
  readonly provenance: Provenance;
  readonly mayRun: boolean;
}

/** The batch. */
export default function BatchPage({ output, provenance, mayRun }: BatchPageProps): VNode {
  return <BatchView output={output} provenance={provenance} readonly={!mayRun} />;
}
