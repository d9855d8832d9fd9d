/** Times of runs, for people. */

import { duration } from "../number_format.tsx";
import type { RunRow } from "./view.ts";

/** `just now`, `3 min ago`, `5 h ago`, `2 d ago`; of what is older than a month the date. */
export function ago(iso: string, now: number): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  if (Number.isNaN(seconds)) return "–";
  if (seconds < 60) return "just now";
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h ago`;
  if (seconds < 31 * 86_400) return `${Math.round(seconds / 86_400)} d ago`;
  return iso.slice(0, 10);
}

/** `2026-11-26 14:03:44 UTC`. */
export function exactly(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** How long a run has been played: to its end, or until now. */
export function played({ started_at, ended_at, status }: RunRow, now: number): string {
  if (started_at === null) return "–";
  if (ended_at === null && status !== "running") return "–";
  const end = ended_at === null ? now : Date.parse(ended_at);
  return duration((end - Date.parse(started_at)) / 1000);
}
