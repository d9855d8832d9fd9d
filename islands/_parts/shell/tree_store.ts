/** What there is to open, shared by the tree, the palette and whoever changes it. */

import { signal } from "@preact/signals";
import { api } from "../api.ts";
import type { TreeData, TreeRun } from "./tree_model.ts";

/** What there is to open; null: not known yet. */
export const tree = signal<TreeData | null>(null);

/** Something the tree can be asked to do by others, as the palette. */
export type TreeRequest = { readonly verb: "new" | "rename" | "remove"; readonly path?: string };
/** What it was asked last; it takes it away when it has begun. */
export const treeRequest = signal<TreeRequest | null>(null);

let asking: Promise<void> | null = null;
let again = false;

/** Asks the server for what there is now; whoever asks meanwhile gets what is asked next. */
export async function refreshTree(): Promise<void> {
  if (asking !== null) {
    again = true;
    return await asking;
  }
  asking = (async () => {
    do {
      again = false;
      tree.value = await api<TreeData>("/api/tree");
    } while (again);
  })();
  try {
    await asking;
  } finally {
    asking = null;
  }
}

/** Has the tree show how far runs are that were looked at. */
export function noteProgress(seen: readonly TreeRun[]): void {
  const known = tree.peek();
  if (known === null) return;
  const byId = new Map(seen.map((run) => [run.run_id, run]));
  const runs = known.runs.map((run) => {
    const now = byId.get(run.run_id);
    return now === undefined || (now.current_turn === run.current_turn && now.status === run.status) ? run : now;
  });
  if (runs.some((run, i) => run !== known.runs[i])) tree.value = { ...known, runs };
}
