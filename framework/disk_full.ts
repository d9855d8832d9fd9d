/** A full disk is nobody's fault in the simulation: whatever met it, the run stops where it is and can be resumed. */

import { SimError } from "./issue.ts";

const CODES: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT"]);

/** The error as `disk_full` when it, or what caused it, is the system's “no space left”; otherwise null. */
export function diskFull(error: unknown, turn: number): SimError | null {
  for (let inner = error, depth = 0; inner instanceof Error && depth < 8; inner = inner.cause, depth++) {
    if (!CODES.has((inner as Error & { code?: unknown }).code)) continue;
    return new SimError("disk_full", `the disk is full: files/ could not be written in turn ${turn}`, {
      turn,
      cause: error,
      hint: "make room, then resume the run",
    });
  }
  return null;
}
