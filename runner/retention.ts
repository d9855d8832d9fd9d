/** Which ended runs may go. */

import { isEnded, type Manifest } from "./store/mod.ts";

/** Runs are kept as long as any rule protects them. */
export interface RetentionRules {
  /** Runs younger than this are kept. */
  readonly keep_days?: number | undefined;
  /** The newest so many are kept. */
  readonly keep_last?: number | undefined;
  /** Runs with any of these labels are kept. */
  readonly protect_labels: readonly string[];
}

/** The ended runs that no rule protects, oldest last. Without `keep_days` and `keep_last` nothing goes. */
export function runsToPrune(runs: readonly Manifest[], rules: RetentionRules, now: Date): Manifest[] {
  const { keep_days, keep_last } = rules;
  if (keep_days === undefined && keep_last === undefined) return [];
  const newestFirst = [...runs].sort((a, b) => b.created_at.localeCompare(a.created_at));
  return newestFirst.filter((run, i) => {
    if (!isEnded(run.status)) return false;
    if (rules.protect_labels.some((label) => Object.hasOwn(run.labels, label))) return false;
    if (keep_last !== undefined && i < keep_last) return false;
    const days = (now.getTime() - Date.parse(run.created_at)) / 86_400_000;
    return keep_days === undefined || days > keep_days;
  });
}
