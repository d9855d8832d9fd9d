/** What pages tell the strip of running work, and it them. */

import { signal } from "@preact/signals";

/** Counts up when work has begun, ended or changed: the strip looks at once. */
export const workNotices = signal(0);

/**
 * Where a page shows a run or batch itself: it goes there and says so; null: no page does.
 * @returns whether it is on this page
 */
export const jump = signal<((kind: "run" | "batch", id: string) => boolean) | null>(null);

/** Has the strip look at once. */
export function noticeWork(): void {
  workNotices.value++;
}
