import { assertEquals } from "../../tests/support/assert.ts";
import { SimError } from "../../framework/mod.ts";
import { asDiskError, asOutputError } from "./disk_error.ts";

const systemError = (code: string) => Object.assign(new Error(code), { code });
const codeOf = (error: unknown) => error instanceof SimError ? error.code : "as it was";

Deno.test("disk errors: one fault has one meaning for a run that is played, and one for a folder that was named", () => {
  const meanings: [unknown, run: string, folder: string][] = [
    [systemError("ENOSPC"), "disk_full", "disk_full"],
    [systemError("EDQUOT"), "disk_full", "disk_full"],
    [systemError("EACCES"), "output_error", "output_not_writable"],
    [systemError("EROFS"), "output_error", "output_not_writable"],
    [systemError("EMFILE"), "output_error", "output_not_writable"],
    [systemError("ENFILE"), "output_error", "output_not_writable"],
    [new Deno.errors.NotCapable("Requires write access"), "output_error", "output_not_writable"],
    [new Deno.errors.PermissionDenied("no"), "output_error", "output_not_writable"],
    [systemError("ENOENT"), "as it was", "output_not_writable"],
    [systemError("EISDIR"), "as it was", "output_not_writable"],
    [systemError("ERR_OTHER"), "as it was", "as it was"],
    [new TypeError("a fault of ours"), "as it was", "as it was"],
    [new SimError("unknown_run", "there is none"), "unknown_run", "unknown_run"],
  ];
  for (const [error, run, folder] of meanings) {
    assertEquals([codeOf(asDiskError(error)), codeOf(asOutputError(error, "/x"))], [run, folder], String(error));
  }
});
