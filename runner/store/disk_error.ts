/** What the system says when a disk cannot be read or written, and what that means for a run. */

import { SimError } from "../../framework/keeping.ts";
import { getSystemErrorName } from "node:util";

/** What kind of fault it is: no room, no way to use what is there, or not the files and folders one expects. */
export type DiskFaultKind = "full" | "unusable" | "misplaced";

/** The one table of faults; what follows from them is for the callers to say. */
const FAULTS: { readonly [code: string]: readonly [kind: DiskFaultKind, reason: string] } = {
  ENOSPC: ["full", "the disk is full"],
  EDQUOT: ["full", "the disk is full"],
  EACCES: ["unusable", "permission denied"],
  EPERM: ["unusable", "permission denied"],
  EROFS: ["unusable", "the file system is read-only"],
  EFBIG: ["unusable", "a file would become larger than this user may write"],
  EIO: ["unusable", "the disk fails"],
  EMFILE: ["unusable", "too many files are open"],
  ENFILE: ["unusable", "too many files are open"],
  ENOTDIR: ["misplaced", "part of the path is a file"],
  EEXIST: ["misplaced", "part of the path is a file"],
  EISDIR: ["misplaced", "it is a folder"],
  ENOENT: ["misplaced", "it cannot be made there"],
};

/** The fault behind an error, or null when it comes from elsewhere. */
export function diskFault(error: unknown): { readonly kind: DiskFaultKind; readonly reason: string } | null {
  const code = systemErrorCode(error);
  const found = code !== undefined && Object.hasOwn(FAULTS, code) ? FAULTS[code] : undefined;
  if (found) return { kind: found[0], reason: found[1] };
  // Rights that were not given to Deno have no number.
  const { NotCapable, PermissionDenied } = Deno.errors;
  const denied = error instanceof NotCapable || error instanceof PermissionDenied;
  return denied ? { kind: "unusable", reason: "permission denied" } : null;
}

/**
 * An error met while a run's folder was written, as `disk_full` or `output_error`: both leave a run that can be resumed.
 * Any other error comes back as it is.
 */
export function asDiskError(error: unknown): unknown {
  const fault = error instanceof SimError ? null : diskFault(error);
  const { message } = error as Error;
  if (fault?.kind === "full") {
    return new SimError("disk_full", `the disk is full: ${message}`, {
      hint: "make room, then resume the run",
      cause: error,
    });
  }
  if (fault?.kind !== "unusable") return error;
  return new SimError("output_error", `the run's folder cannot be written: ${message}`, {
    hint: "mend it, then resume the run",
    cause: error,
  });
}

/** An error met at a folder that the user has named, as `disk_full` or `output_not_writable`; any other as it is. */
export function asOutputError(error: unknown, folder: string, verb: "read" | "written" = "written"): unknown {
  const fault = error instanceof SimError ? null : diskFault(error);
  if (!fault) return error;
  if (fault.kind === "full") {
    return new SimError("disk_full", `the disk is full: ${folder} cannot be ${verb}`, {
      hint: "make room, or choose another folder with --output",
      cause: error,
    });
  }
  return new SimError("output_not_writable", `${folder} cannot be ${verb}: ${fault.reason}`, {
    hint: verb === "written" ? "choose another folder with --output" : "it must be readable for this user",
    cause: error,
  });
}

/** The system's name of an error, such as `ENOSPC`; undefined when it comes from elsewhere. */
function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as Error & { code?: unknown };
  if (typeof code === "string") return code;
  // Deno names only some; the number is in all of them.
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  return number === undefined || Deno.build.os === "windows" ? undefined : getSystemErrorName(-Number(number));
}
