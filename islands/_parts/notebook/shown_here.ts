/** Where a page shows a run or a batch that the server is at. */

import type { ShownHere } from "../shell/work_store.ts";
import type { NotebookStore } from "./store.ts";
import type { CellView } from "./types.ts";

/** The cell whose output it is; null: no cell's. @param go puts the focus on a cell */
export function shownIn(
  store: NotebookStore,
  kind: "run" | "batch",
  id: string,
  go: (key: string) => void,
): ShownHere | null {
  for (const { key, view } of store.pieces) {
    if (view?.kind !== "cell" || !shows(view, kind, id)) continue;
    return { name: view.id ?? view.name, isSeen: isSeen(key), go: () => go(key) };
  }
  return null;
}

function shows({ output }: CellView, kind: "run" | "batch", id: string): boolean {
  switch (output?.type) {
    case "run":
      return kind === "run" && output.run_id === id;
    case "conversation":
      return kind === "run" && output.run.run_id === id;
    case "batch":
      return kind === "batch" && output.batch.id === id;
    default:
      return false;
  }
}

/** Whether any of it is in the window. */
function isSeen(key: string): boolean {
  const box = document.querySelector(`[data-key="${key}"]`)?.getBoundingClientRect();
  return box !== undefined && box.bottom > 0 && box.top < innerHeight;
}
