/** What pages tell the strip of running work, and it them. */

import { signal } from "@preact/signals";

/** Counts up when work has begun, ended or changed: the strip looks at once. */
export const workNotices = signal(0);

/** A run or a batch that the page shows itself. */
export interface ShownHere {
  /** What the page calls it. */
  readonly name: string;
  /** Whether it is in the window. */
  readonly isSeen: boolean;
  /** Goes there. */
  go(): void;
}

/** Finds what the page shows itself; null: it shows nothing of the kind. Set by the page. */
export const shownHere = signal<((kind: "run" | "batch", id: string) => ShownHere | null) | null>(null);

/** Has the strip look at once. */
export function noticeWork(): void {
  workNotices.value++;
}
