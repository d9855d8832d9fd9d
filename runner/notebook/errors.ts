/** What writing a notebook may run into. */

import { FileConflict, type FileConflictDetails } from "../file_conflict.ts";

export type { ConflictRegion } from "../file_conflict.ts";

/** The file on disk is another one than the draft was made from. */
export class NotebookConflict extends FileConflict {
  constructor(code: "notebook_conflict" | "notebook_changed", message: string, details: FileConflictDetails) {
    super(code, message, details);
  }
}
