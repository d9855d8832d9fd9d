/** Errors as `application/problem+json` (RFC 9457), and the one table that says which error has which status. */

import { formatPath, type Issue, SimError } from "../framework/mod.ts";
import { type ConflictRegion, FileConflict } from "../runner/mod.ts";

/** One finding of a problem. */
export interface ProblemIssue {
  /** Where: `query.limit`, `body.scenario`, or the path inside a scenario. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** 1-based place in a scenario's text. */
  readonly line?: number;
  readonly column?: number;
}

/** The body of an error. */
export interface Problem {
  readonly type: "about:blank";
  /** The status in words. */
  readonly title: string;
  readonly status: number;
  /** What is wrong, with the value found. */
  readonly detail: string;
  /** Stable, machine-readable name in snake case. */
  readonly code: string;
  /** All findings, where there is more to say than `detail`. */
  readonly errors?: readonly ProblemIssue[];
  /** What to do about it. */
  readonly hint?: string;
  /** Of a notebook or a scenario that has changed: its text on disk; null: there is none any more. */
  readonly disk?: string | null;
  /** Of the same: its hash. */
  readonly hash?: string | null;
  /** Of the same: what both sides have changed. */
  readonly regions?: readonly ConflictRegion[];
  /** Path of the request. */
  readonly instance: string;
  readonly request_id: string;
}

/** What a problem may have besides status, code and detail. */
export interface ProblemOptions {
  readonly hint?: string;
  readonly errors?: readonly ProblemIssue[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An error of the web layer itself: it knows its status. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;
  readonly errors: readonly ProblemIssue[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ProblemError";
    this.status = status;
    this.code = code;
    this.hint = options.hint;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }
}

/** The media type of problems. */
export const PROBLEM_TYPE = "application/problem+json";

/** Statuses of codes that are no mistake of the input's; `unknown_…` is 404, everything else 422. */
const STATUS_OF: Readonly<Record<string, number>> = {
  // The run, or this server, is in no state for it now.
  bad_transition: 409,
  owned_elsewhere: 409,
  batch_changed: 409,
  run_is_live: 409,
  not_asked: 409,
  not_running: 409,
  not_ended: 409,
  already_ended: 409,
  already_started: 409,
  not_started: 409,
  not_supported_yet: 409,
  checkpoint_mismatch: 409,
  nothing_to_replay: 409,
  no_rule: 409,
  busy: 409,
  nothing_to_judge: 409,
  no_wishes: 409,
  locked: 409,
  run_stopped: 409,
  ambiguous_run: 409,
  broken_repo: 409,
  domain_load_error: 409,
  too_many_runs: 409,
  nothing_to_compare: 409,
  no_runs: 409,
  runs_changed: 409,
  notebook_exists: 409,
  nothing_to_sample: 409,
  // The file is another one than the request says.
  notebook_changed: 412,
  notebook_conflict: 412,
  notebook_too_large: 413,
  scenario_changed: 412,
  scenario_conflict: 412,
  scenario_file_too_large: 413,
  scenario_exists: 409,
  key_exists: 409,
  bad_keys_file: 503,
  scenario_readonly: 409,
  scenario_not_writable: 503,
  no_checkpoint: 404,
  no_conversation: 404,
  feature_off: 404,
  // What a request names in its body, and not in its path.
  unknown_metric: 422,
  unknown_cell: 422,
  unknown_starter: 422,
  // The machine, or what lies on its disk.
  disk_full: 507,
  closing: 503,
  output_not_writable: 503,
  notebook_not_writable: 503,
  output_error: 503,
  sandbox_error: 500,
  no_deno: 500,
  island_props: 500,
  bad_manifest: 500,
  bad_batch: 500,
  bad_checkpoint: 500,
  bad_tape: 500,
  bad_result: 500,
  missing_file_in_run: 500,
  run_folder_damaged: 500,
  tape_closed: 500,
  sql_failed: 500,
  no_sql_engine: 501,
  sql_not_compiled: 501,
};

/** The status that an error of the verbs has. */
export function statusOf(error: SimError): number {
  const known = Object.hasOwn(STATUS_OF, error.code) ? STATUS_OF[error.code] : undefined;
  if (known !== undefined) return known;
  // What a document names and nobody knows is a mistake in the document; what a URL or an id names is not there.
  const inDocument = error.issues.some(({ path, file }) => path !== undefined || file !== undefined);
  return error.code.startsWith("unknown_") && !inDocument ? 404 : 422;
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  428: "Precondition Required",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  507: "Insufficient Storage",
};

/** An error as a problem. One that nobody foresaw is told without its details: those are for the log. */
export function problemOf(error: unknown, instance: string, requestId: string): Problem {
  const place = { instance, request_id: requestId };
  if (error instanceof ProblemError) {
    return {
      type: "about:blank",
      title: titleOf(error.status),
      status: error.status,
      detail: error.message,
      code: error.code,
      ...(error.errors !== undefined && { errors: error.errors }),
      ...(error.hint !== undefined && { hint: error.hint }),
      ...place,
    };
  }
  if (error instanceof SimError) {
    const status = statusOf(error);
    const errors = error.issues.filter(({ severity }) => severity === "error");
    const [only] = errors;
    const isPlain = errors.length <= 1 && only?.path === undefined && only?.line === undefined;
    return {
      type: "about:blank",
      title: titleOf(status),
      status,
      detail: error.message,
      code: error.code,
      ...(!isPlain && { errors: errors.map(problemIssue) }),
      ...(error.hint !== undefined && { hint: error.hint }),
      ...(error instanceof FileConflict && { disk: error.disk, hash: error.hash, regions: error.regions }),
      ...place,
    };
  }
  return {
    type: "about:blank",
    title: titleOf(500),
    status: 500,
    detail: "the server failed at this; its log says more under the request id",
    code: "internal_error",
    ...place,
  };
}

/** A finding about a document, as problems tell it. */
export function problemIssue({ path, code, message, hint, line, column }: Issue): ProblemIssue {
  return {
    path: path === undefined ? "" : formatPath(path),
    code,
    message,
    ...(hint !== undefined && { hint }),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  };
}

/** The problem as a response. */
export function problemResponse(problem: Problem, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { "content-type": PROBLEM_TYPE, "cache-control": "no-store", ...headers },
  });
}

/** A status in words. */
export function titleOf(status: number): string {
  return TITLES[status] ?? "Error";
}
