/** Where a command's words go: results on stdout, everything else on stderr; with `--json` one document on stdout. */

import { formatIssue, type Issue, SimError } from "../framework/mod.ts";
import { EXIT } from "./exit.ts";
import { plainText, styled } from "./terminal/mod.ts";

/** Codes of errors that are the simulation's or the machine's, not the user's. */
const NOT_USAGE = new Set([
  "disk_full",
  "sandbox_error",
  "no_deno",
  "compile_failed",
  "bad_manifest",
  "bad_batch",
  "bad_checkpoint",
  "missing_file_in_run",
  "no_sql_engine",
  "sql_failed",
]);

/** The two streams of a command. */
export class Terminal {
  readonly json: boolean;
  /** Whether stderr is a terminal on which a live view can be drawn. */
  readonly live: boolean;
  /** Whether stdout is a terminal. */
  readonly stdoutIsTerminal: boolean;
  /** Whether stderr shows colours. */
  readonly color: boolean;
  /** Whether stdout shows colours. */
  readonly stdoutColor: boolean;
  #printed = false;

  constructor(options: { json: boolean }) {
    this.json = options.json;
    const noColor = (Deno.env.get("NO_COLOR") ?? "") !== "";
    const dumb = Deno.env.get("TERM") === "dumb";
    this.live = Deno.stderr.isTerminal() && !dumb && !options.json;
    this.stdoutIsTerminal = Deno.stdout.isTerminal();
    this.color = Deno.stderr.isTerminal() && !noColor && !dumb;
    this.stdoutColor = this.stdoutIsTerminal && !noColor && !dumb;
  }

  /** Columns to write results in; where there is no terminal, as many as are easy to read. */
  get columns(): number {
    return this.stdoutIsTerminal ? Math.max(20, Deno.consoleSize().columns) : 100;
  }

  /** A line of the result. Nothing with `--json`. */
  print(line = ""): void {
    if (!this.json) this.write(`${line}\n`);
  }

  /** Text of the result, as it is. */
  write(text: string): void {
    writeAll(Deno.stdout, text);
  }

  /** The one document of `--json`. */
  document(value: unknown): void {
    if (!this.json || this.#printed) return;
    this.#printed = true;
    this.write(JSON.stringify(value, null, 2) + "\n");
  }

  /** A line on stderr. */
  note(line: string): void {
    writeAll(Deno.stderr, `${line}\n`);
  }

  /** Text on stderr, as it is. */
  noteRaw(text: string): void {
    writeAll(Deno.stderr, text);
  }

  /** Findings on stderr, one after the other. */
  issues(issues: readonly Issue[]): void {
    for (const issue of issues) {
      const color = issue.severity === "error" ? "red" : issue.severity === "warning" ? "yellow" : "cyan";
      const text = plainLines(formatIssue(issue));
      this.note(text.replace(`${issue.severity}[`, () => `${styled(issue.severity, color, this.color)}[`));
    }
  }

  /** Tells what went wrong and returns the exit code. */
  fail(error: unknown): number {
    const problem = fileProblem(error);
    if (problem !== null) {
      return this.fail(
        new SimError("file_error", problem, { cause: error, hint: "check the path and who may use it" }),
      );
    }
    if (!(error instanceof SimError)) {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      this.document({ error: { code: "internal_error", message, issues: [] } });
      this.note(`${styled("error", "red", this.color)}[internal_error]: ${plainText(message)}`);
      this.note("  hint: this is a fault of llm-sim; please report it with the lines below");
      if (stack !== undefined) this.note(stack);
      return EXIT.failed;
    }
    this.document({ error: { code: error.code, message: error.message, issues: error.issues } });
    this.issues(error.issues);
    return NOT_USAGE.has(error.code) ? EXIT.failed : EXIT.usage;
  }
}

/** What the machine, or Deno, has against a path that the user has given; null for every other error. */
function fileProblem(error: unknown): string | null {
  const { IsADirectory, NotADirectory, NotCapable, PermissionDenied } = Deno.errors;
  if (error instanceof NotCapable) {
    // Other permissions, of hosts and programs, are not about what the user has given.
    const [, path] = /^Requires (?:read|write|all) access to "(.*)", /s.exec(error.message) ?? [];
    return path === undefined ? null : `'${path}' cannot be used: this program has no permission for it`;
  }
  const isOfMachine = [IsADirectory, NotADirectory, PermissionDenied].some((kind) => error instanceof kind);
  return isOfMachine ? (error as Error).message : null;
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let written = 0; written < bytes.length;) written += stream.writeSync(bytes.subarray(written));
  } catch (error) {
    // `llm-sim … | head`: whoever read has had enough.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

function plainLines(text: string): string {
  return text.split("\n").map(plainText).join("\n");
}
