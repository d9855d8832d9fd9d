/** What writing a file may run into that somebody else writes too. */

import { SimError } from "../framework/mod.ts";

/** A stretch of a file that both sides have changed, each in its own way. */
export interface ConflictRegion {
  /** Texts of the stretch: in what the draft was made from, in the draft, on disk. */
  readonly base: string;
  readonly mine: string;
  readonly disk: string;
  /** First line of the stretch in the draft, from 1. */
  readonly line: number;
  /** Name of the cell of a notebook that it lies in; null: it lies in prose, spans more than one cell, or there are none. */
  readonly cell: string | null;
}

/** What is told of a conflict. */
export interface FileConflictDetails {
  readonly disk: string | null;
  readonly hash: string | null;
  readonly regions?: readonly ConflictRegion[];
  readonly hint: string;
}

/** The file on disk is another one than the draft was made from. */
export class FileConflict extends SimError {
  /** What is on disk now; null: there is no such file any more. */
  readonly disk: string | null;
  /** SHA-256 of it. */
  readonly hash: string | null;
  /** Where the two cannot both be had; empty where nobody said what the draft was made from. */
  readonly regions: readonly ConflictRegion[];

  constructor(code: string, message: string, details: FileConflictDetails) {
    super(code, message, { hint: details.hint });
    this.disk = details.disk;
    this.hash = details.hash;
    this.regions = details.regions ?? [];
  }
}
