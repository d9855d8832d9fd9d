/** What there is to open, shared by the tree, the palette and whoever changes it. */

import { signal } from "@preact/signals";
import { api } from "../api.ts";
import type { TreeData } from "./tree_model.ts";

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
