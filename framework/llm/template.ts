/** Prompt templates: texts with places for values. */

import { didYouMean, type Issue, SimError } from "../issue.ts";

/** What a template may name. */
export interface TemplateOptions {
  /** Name of the file for errors, as the user wrote it. */
  readonly file: string;
  /** Meaning of each placeholder by its name. */
  readonly placeholders: { readonly [name: string]: string };
}

/** A prompt, ready to be sent. */
export interface RenderedPrompt {
  /** How the model is to behave; absent when the template has no such part. */
  readonly system?: string;
  /** What it is asked. */
  readonly user: string;
}

/** A text as it stands, or the value of a placeholder. */
type Piece = string | { readonly name: string };

/** A place in a file, from 1. */
interface Place {
  readonly line: number;
  readonly column: number;
}

/** Mistakes that are listed; more help nobody. */
const MAX_ISSUES = 20;
const SEPARATOR = /^---[ \t]*$/m;
/** A placeholder, a literal `{{`, or the backslash of a literal line `---`. */
const MARK = /\\?\{\{|^\\(?=---[ \t]*$)/gm;

/**
 * A text in which `{{name}}` stands for a value. A line of `---` alone parts what the system is told from what the user
 * asks; without one, all is the user's. `\{{` is a literal `{{`, `\---` a literal line. Blanks around both parts are left
 * out. Values are put in once and stay as they are, whatever they hold.
 *
 * @example
 * ```ts
 * import { PromptTemplate } from "llm-sim";
 * const template = PromptTemplate.parse("You are {{name}}.\n---\nWhat do you do?\n{{others}}", {
 *   file: "prompts/trader.md",
 *   placeholders: { name: "name of the agent", others: "what it sees of others" },
 * });
 * const { system, user } = template.render({ name: "A", others: "B: motto={{name}}" });
 * if (system !== "You are A." || user !== "What do you do?\nB: motto={{name}}") throw new Error(user);
 * ```
 */
export class PromptTemplate {
  /** Names of the placeholders that it uses. */
  readonly names: ReadonlySet<string>;
  readonly #system: readonly Piece[];
  readonly #user: readonly Piece[];

  private constructor(system: readonly Piece[], user: readonly Piece[]) {
    this.#system = system;
    this.#user = user;
    this.names = new Set([...system, ...user].flatMap((piece) => typeof piece === "string" ? [] : [piece.name]));
  }

  /**
   * The template that `text` is.
   * @throws {SimError} `bad_prompt` with the line and column of all that is wrong, up to 20 places: placeholders that are
   * unknown or none, nothing for the user
   */
  static parse(text: string, { file, placeholders }: TemplateOptions): PromptTemplate {
    const lines = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
    const separator = SEPARATOR.exec(lines);
    const userStart = separator === null ? 0 : separator.index + separator[0].length;
    const reader = new TemplateReader(lines, file, placeholders);
    const system = separator === null ? [] : reader.pieces(0, separator.index);
    const user = reader.pieces(userStart, lines.length);
    if (lines.slice(userStart).trim() === "") {
      const hint = separator === null
        ? "write what the model is asked"
        : "what stands before a line --- tells the model how to behave; write below it what it is asked";
      const message = separator === null ? "the prompt is empty" : "the prompt asks nothing";
      reader.report(message, hint, separator === null ? 0 : userStart);
    }
    const [first] = reader.issues;
    if (first !== undefined) {
      const { message, hint, line, column } = first;
      const options = { issues: reader.issues, ...(hint !== undefined && { hint }) };
      throw new SimError("bad_prompt", `${file}:${line}:${column}: ${message}`, options);
    }
    return new PromptTemplate(system, user);
  }

  /**
   * The prompt with these values; those that it does not use are left out.
   * @throws {RangeError} when a value is missing or is no text: a mistake of the program, not of the template's author
   */
  render(values: { readonly [name: string]: string }): RenderedPrompt {
    const user = filled(this.#user, values);
    return this.#system.length === 0 ? { user } : { system: filled(this.#system, values), user };
  }
}

function filled(pieces: readonly Piece[], values: { readonly [name: string]: string }): string {
  return pieces.map((piece) => {
    if (typeof piece === "string") return piece;
    const value: unknown = Object.hasOwn(values, piece.name) ? values[piece.name] : undefined;
    if (typeof value !== "string") {
      throw new RangeError(
        `the prompt needs a text for {{${piece.name}}}, not ${value === undefined ? "nothing" : typeof value}`,
      );
    }
    return value;
  }).join("");
}

/** Takes a text apart and collects what is wrong with it. */
class TemplateReader {
  readonly issues: Issue[] = [];
  readonly #text: string;
  readonly #file: string;
  readonly #placeholders: TemplateOptions["placeholders"];

  constructor(text: string, file: string, placeholders: TemplateOptions["placeholders"]) {
    this.#text = text;
    this.#file = file;
    this.#placeholders = placeholders;
  }

  /** The pieces of the text from `start` to `end`, without the blanks at its ends. */
  pieces(start: number, end: number): Piece[] {
    const part = this.#text.slice(start, end);
    const [from, to] = [end - part.trimStart().length, start + part.trimEnd().length];
    const pieces: Piece[] = [];
    let at = from;
    while (at < to && this.issues.length < MAX_ISSUES) {
      MARK.lastIndex = at;
      const mark = MARK.exec(this.#text);
      const next = mark === null ? to : Math.min(mark.index, to);
      if (next > at) pieces.push(this.#text.slice(at, next));
      if (next === to) break;
      if (mark![0] === "{{") {
        at = this.#placeholder(next, to, pieces);
      } else {
        if (mark![0] !== "\\") pieces.push("{{");
        at = next + mark![0].length;
      }
    }
    return pieces;
  }

  /** Reads the placeholder that opens at `start`, and returns what comes behind. */
  #placeholder(start: number, end: number, pieces: Piece[]): number {
    const closing = this.#text.indexOf("}}", start + 2);
    const content = closing < 0 || closing >= end ? "\n" : this.#text.slice(start + 2, closing);
    const literal = String.raw`write \{{ for a literal {{`;
    if (content.includes("\n")) {
      this.report("a placeholder does not end", `close it with }} on the same line, or ${literal}`, start);
      return start + 2;
    }
    const name = content.trim();
    if (name === "" || /[\s{}]/.test(name)) {
      const what = name === "" ? "a placeholder has no name" : `{{${name}}} is no placeholder`;
      this.report(what, `${didYouMean(name, Object.keys(this.#placeholders))}; ${literal}`, start);
    } else if (!Object.hasOwn(this.#placeholders, name)) {
      this.report(`there is no placeholder {{${name}}}`, didYouMean(name, Object.keys(this.#placeholders)), start);
    } else {
      pieces.push({ name });
    }
    return closing + 2;
  }

  /** Notes that something is wrong at `at`. */
  report(message: string, hint: string, at: number): void {
    this.issues.push({ severity: "error", code: "bad_prompt", message, hint, file: this.#file, ...this.#placeOf(at) });
  }

  #placeOf(at: number): Place {
    const before = this.#text.slice(0, at);
    return { line: before.split("\n").length, column: at - before.lastIndexOf("\n") };
  }
}
