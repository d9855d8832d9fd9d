/**
 * The one error shape of llm-sim: an {@linkcode Issue} says what is wrong, where, and what to do;
 * a {@linkcode SimError} carries one or many of them.
 */

/** How much an issue matters: an `error` stops the command, a `warning` and a `note` do not. */
export type Severity = "error" | "warning" | "note";

/** A place in a structured document: map keys and list indices from the root. */
export type IssuePath = readonly (string | number)[];

/** One finding about one place. */
export interface Issue {
  /** Whether it stops the command. */
  readonly severity: Severity;
  /** Stable, machine-readable name in snake case, e.g. `unknown_key`. */
  readonly code: string;
  /** What is wrong, with the value found. One sentence, no trailing full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Where in the document (keys and indices from the root). */
  readonly path?: IssuePath;
  /** File the place is in, as the user named it. */
  readonly file?: string;
  /** 1-based line in `file`. */
  readonly line?: number;
  /** 1-based column in `file`. */
  readonly column?: number;
}

/** Extra facts a {@linkcode SimError} may carry. */
export interface SimErrorOptions {
  /** What to do about it. */
  readonly hint?: string;
  /** All findings, when there is more than the message. */
  readonly issues?: readonly Issue[];
  /** Turn in which it happened. */
  readonly turn?: number;
  /** Agent that caused it. */
  readonly agent?: string;
  /** The error underneath. */
  readonly cause?: unknown;
}

/**
 * An error with a stable `code`, a message that names the value and the place, and a hint that says what to do.
 *
 * @example
 * ```ts
 * import { SimError } from "llm-sim";
 * const error = new SimError("unknown_agent", "there is no agent 'NationX'", { hint: "agents are: NationA, NationB" });
 * if (error.code !== "unknown_agent") throw error;
 * ```
 */
export class SimError extends Error {
  /** Stable, machine-readable name in snake case. */
  readonly code: string;
  /** What to do about it. */
  readonly hint: string | undefined;
  /** All findings; at least one. */
  readonly issues: readonly Issue[];
  /** Turn in which it happened, where that makes sense. */
  readonly turn: number | undefined;
  /** Agent that caused it, where that makes sense. */
  readonly agent: string | undefined;

  /** An error with one issue of its own, unless `options.issues` gives others. */
  constructor(code: string, message: string, options: SimErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "SimError";
    this.code = code;
    this.hint = options.hint;
    this.turn = options.turn;
    this.agent = options.agent;
    this.issues = options.issues ??
      [{ severity: "error", code, message, ...(options.hint === undefined ? {} : { hint: options.hint }) }];
  }
}

/** The error that carries all `issues` of a document; its message is the first one's. */
export function issuesError(issues: readonly Issue[]): SimError {
  const errors = issues.filter((issue) => issue.severity === "error");
  const first = errors[0] ?? issues[0];
  if (!first) throw new RangeError("issuesError() needs at least one issue");
  return new SimError(first.code, first.message, { issues, ...(first.hint === undefined ? {} : { hint: first.hint }) });
}

/** `agents[0].config.rate` for `["agents", 0, "config", "rate"]`; `(root)` for the empty path. */
export function formatPath(path: IssuePath): string {
  if (path.length === 0) return "(root)";
  return path.map((step, i) => typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`).join("");
}

/** `file:line:column: error[code]: message`, and the hint on a line of its own. */
export function formatIssue(issue: Issue): string {
  const place = issue.file === undefined
    ? (issue.path && issue.path.length > 0 ? `${formatPath(issue.path)}: ` : "")
    : issue.line === undefined
    ? `${issue.file}: `
    : `${issue.file}:${issue.line}:${issue.column ?? 1}: `;
  const hint = issue.hint === undefined ? "" : `\n  hint: ${issue.hint}`;
  return `${place}${issue.severity}[${issue.code}]: ${issue.message}${hint}`;
}

/** The candidate nearest to `word` by edit distance (transpositions count one), when it is near enough to be meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** "did you mean 'x'? Valid: a, b, c" (at most twelve are listed). */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const all = [...candidates];
  const near = nearest(word, all);
  const shown = all.slice(0, 12).join(", ") + (all.length > 12 ? `, … (${all.length} in all)` : "");
  const valid = all.length === 0 ? "there are none" : `valid: ${shown}`;
  return near === undefined ? valid : `did you mean '${near}'? ${valid}`;
}

function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      }
      row.push(cost);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}
