/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What can be done with the chosen runs. */

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { counted } from "../number_format.tsx";
import { BulkDialog } from "./bulk_dialog.tsx";
import type { BulkVerb } from "./bulk.ts";
import { chosenCount, NONE } from "./selection.ts";
import type { RunsStore } from "./store.ts";

/** Runs that can be compared at once. */
const MOST_COMPARED = 20;

/** What the bar is told. */
export interface BulkBarProps {
  readonly store: RunsStore;
  readonly mayRun: boolean;
  readonly mayDelete: boolean;
}

/** The bar. It is there while runs are chosen, and while something is done to them. */
export function BulkBar({ store, mayRun, mayDelete }: BulkBarProps): VNode | null {
  const [verb, setVerb] = useState<BulkVerb | null>(null);
  const bar = useRef<HTMLDivElement>(null);
  const selection = store.selection.value;
  const chosen = chosenCount(selection, store.total.value);
  // Whoever has used a button of a bar that is gone is where the runs are.
  const isThere = chosen > 0;
  useEffect(() => () => {
    if (isThere && document.activeElement === document.body) {
      document.querySelector<HTMLElement>(".runs-grid")?.focus({ preventScroll: true });
    }
  }, [isThere]);
  return (
    <>
      {isThere && (
        <div class="bulk-bar" role="toolbar" aria-label="Chosen runs" ref={bar}>
          <strong>{counted(chosen, "run")} chosen</strong>
          {!selection.all && chosen >= 2 && chosen <= MOST_COMPARED && (
            <a class="button" href={`/compare?runs=${[...selection.ids].map(encodeURIComponent).join(",")}`}>Compare</a>
          )}
          {mayRun && <button type="button" onClick={() => setVerb("label")}>Label…</button>}
          {mayRun && <button type="button" onClick={() => setVerb("cancel")}>Cancel…</button>}
          {mayDelete && <button type="button" class="danger" onClick={() => setVerb("delete")}>Delete…</button>}
          <button type="button" class="quiet" onClick={() => store.choose(NONE)}>Choose none</button>
        </div>
      )}
      {verb !== null && <BulkDialog store={store} verb={verb} onClose={() => setVerb(null)} />}
    </>
  );
}
