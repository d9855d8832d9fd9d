/** How a command ends. */

import type { Manifest } from "../runner/mod.ts";

/** Exit codes of every command. */
export const EXIT = {
  /** Done; for a run: completed. */
  ok: 0,
  /** The run failed, or a replay is not identical. */
  failed: 1,
  /** Bad input or usage; nothing was started. */
  usage: 2,
  /** The run was cancelled. */
  cancelled: 3,
  /** The run stands still and can be resumed. */
  interrupted: 130,
} as const;

/** The exit code that a run's status stands for. */
export function exitOfRun(status: Manifest["status"]): number {
  switch (status) {
    case "completed":
      return EXIT.ok;
    case "failed":
      return EXIT.failed;
    case "cancelled":
      return EXIT.cancelled;
    case "queued":
    case "running":
    case "paused":
    case "interrupted":
      return EXIT.interrupted;
  }
}
