/** What the system says when a disk cannot be written. */

import { SimError } from "../../framework/mod.ts";
import { getSystemErrorName } from "node:util";

/** The system's name of an error, such as `ENOSPC`; undefined when it comes from elsewhere. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as Error & { code?: unknown };
  if (typeof code === "string") return code;
  // Deno names only some; the number is in all of them.
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  return number === undefined || Deno.build.os === "windows" ? undefined : getSystemErrorName(-Number(number));
}

const MENDABLE: ReadonlySet<string> = new Set(["EFBIG", "EIO", "EROFS", "EACCES", "EPERM", "EMFILE", "ENFILE"]);

/**
 * An error met while a run's folder was written, as `disk_full` or `output_error`: both leave a run that can be resumed.
 * Any other error comes back as it is.
 */
export function asDiskError(error: unknown): unknown {
  const code = systemErrorCode(error);
  const { message } = error as Error;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new SimError("disk_full", `the disk is full: ${message}`, {
      hint: "make room, then resume the run",
      cause: error,
    });
  }
  if (code === undefined || !MENDABLE.has(code)) return error;
  return new SimError("output_error", `the run's folder cannot be written: ${message}`, {
    hint: "mend it, then resume the run",
    cause: error,
  });
}
