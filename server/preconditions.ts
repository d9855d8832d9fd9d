/** On what condition a file may be replaced: `If-Match` and `If-None-Match` of a request. */

import { ProblemError } from "./problem.ts";

/** Of the file that there is: that it is this one, that there is one, or that there is none. */
export type Precondition = { readonly is: string } | "any" | "none";

/** A tag as RFC 9110 has it, of a file whose tag is its hash; some who pass it on mark it as weak. */
const TAG = /^(?:W\/)?"?([0-9a-f]{64})"?$/;

/**
 * What the request says.
 * @throws {ProblemError} 428 `precondition_required`, 422 `bad_precondition`
 */
export function preconditionOf(request: Request): Precondition {
  const [match, noneMatch] = [headerOf(request, "if-match"), headerOf(request, "if-none-match")];
  if (match === null && noneMatch === null) {
    throw new ProblemError(428, "precondition_required", "the request does not say which file it replaces", {
      hint: "send the ETag of what you have read as If-Match, or If-None-Match: * for what is to be new",
    });
  }
  if (match !== null && noneMatch !== null) throw bad("If-Match and If-None-Match cannot both hold");
  if (noneMatch !== null) {
    if (noneMatch !== "*") throw bad(`If-None-Match is '${noneMatch.slice(0, 100)}', where only * has a meaning`);
    return "none";
  }
  if (match === "*") return "any";
  const [, is] = TAG.exec(match!) ?? [];
  if (is === undefined) throw bad(`If-Match is '${match!.slice(0, 100)}', which is the ETag of no file here`);
  return { is };
}

function headerOf(request: Request, name: string): string | null {
  return request.headers.get(name)?.trim() || null;
}

function bad(message: string): ProblemError {
  return new ProblemError(422, "bad_precondition", message, { hint: "send one ETag, as a GET has given it" });
}
