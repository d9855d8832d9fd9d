/** What the routes of notebooks have in common. */

import { problem, type ResponseSpec } from "../../../../server/mod.ts";

/** Media type of notebooks. */
export const MARKDOWN = "text/markdown";

/** Bytes of a body that brings a draft: a notebook of 5 MiB as a JSON string fits. */
export const DRAFT_LIMIT = 6 << 20;

/** Problems of a path. */
export const PATH_PROBLEMS = ["bad_notebook_path"] as const;

/** Problems of writing. */
export const WRITING_PROBLEMS = {
  413: problem("notebook_too_large"),
  503: problem("notebook_not_writable", "closing"),
  507: problem("disk_full"),
} as const satisfies { readonly [status: number]: ResponseSpec };

/** The tag of a text with this hash. */
export function tagOf(hash: string): string {
  return `"${hash}"`;
}
