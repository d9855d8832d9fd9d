/** Notebooks as pages that need nothing else. */

import type { NotebookView } from "../view.ts";

/** The page as a self-contained HTML document; see `page.ts`. What draws its charts is loaded when it is asked for. */
export async function notebookHtml(view: NotebookView): Promise<string> {
  const { notebookPage } = await import("./page.ts");
  return notebookPage(view);
}
