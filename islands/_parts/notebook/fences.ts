/**
 * What the page knows of a piece's text without reading it as the server does: where its body begins and ends, and what its
 * first line says. A piece's source is `open + body + close`, whatever it is.
 */

/** A piece's text in three parts; joined they are the text. */
export interface SourceParts {
  /** Fence with its info line, opening `---`, or blank lines before prose. */
  readonly open: string;
  /** What is edited. */
  readonly body: string;
  /** Fence, `---`, or blank lines. */
  readonly close: string;
}

/** What a cell's info line says. */
export interface Info {
  /** ```` ``` ```` or longer, or tildes. */
  readonly fence: string;
  /** `yaml run`, `sql table`, `js chart`. */
  readonly language: string;
  readonly kind: string;
  readonly id: string | null;
  /** `fold`, `hide`, `off`, `auto`. */
  readonly flags: readonly string[];
  /** All words after the kind, as written: `#base fold`. */
  readonly rest: string;
}

const FENCED =
  /^(`{3,}|~{3,})[ \t]*(yaml|sql|js)[ \t]+(input|scenario|run|batch|chart|conversation|compare|table|cell)\b[ \t]*([^\r\n]*)/;

/** What a cell's first line says; null: it is no cell. */
export function infoOf(source: string): Info | null {
  const [, fence, language, kind, rest] = FENCED.exec(source) ?? [];
  if (fence === undefined) return null;
  const words = wordsOf(rest!);
  return {
    fence,
    language: language!,
    kind: kind!,
    id: words.find((word) => /^#\w+$/.test(word))?.slice(1) ?? null,
    flags: words.filter((word) => /^[a-z][a-z-]*$/.test(word)),
    rest: rest!.trim(),
  };
}

/** Words of an info line; a quoted value may have spaces in it. */
function wordsOf(rest: string): string[] {
  return rest.match(/[a-z-]+="(?:[^"\\]|\\.)*"|\S+/g) ?? [];
}

/** Whether nothing can be seen of it. */
export function isBlank(source: string): boolean {
  return source.trim() === "";
}

/** A piece's text in its parts. */
export function partsOf(source: string): SourceParts {
  return infoOf(source) !== null ? cellParts(source) : frontParts(source) ?? proseParts(source);
}

/** Whether it is a cell whose fence nothing ends. */
export function isOpenFence(source: string): boolean {
  return infoOf(source) !== null && cellParts(source).close === "";
}

/** Whether the end of a text is inside a fence. */
export function endsInFence(text: string): boolean {
  let open: string | null = null;
  for (const [, fence, info] of text.matchAll(/^ {0,3}(`{3,}|~{3,})([^\n]*)$/gm)) {
    if (open === null) open = fence![0] === "`" && info!.includes("`") ? null : fence!;
    else if (fence!.startsWith(open) && info!.trim() === "") open = null;
  }
  return open !== null;
}

/** The text with another body. A fence grows where the body has a line that would end it. */
export function withBody(source: string, body: string): string {
  const { open, close } = partsOf(source);
  const info = infoOf(source);
  const newline = newlineOf(source);
  if (info === null) {
    if (frontParts(source) === null) return open + body + close;
    return `${open}${body}${/^\r?\n/.test(close) || body === "" ? close : newline + close}`;
  }
  const fence = fenceFor(info.fence, body);
  const head = (open.endsWith("\n") ? open : open + newline).replace(info.fence, fence);
  const tail = close.replace(/^\r?\n/, "").replace(info.fence, fence) || fence + newline;
  return head + body + (body === "" ? "" : newline) + tail;
}

/** The text with other words after the kind: `#base fold`. */
export function withInfo(source: string, rest: string): string {
  const info = infoOf(source);
  if (info === null) return source;
  const words = rest.replace(/[\r\n]+/g, " ").trim();
  const [line] = /^[^\r\n]*/.exec(source)!;
  return `${info.fence}${info.language} ${info.kind}${words === "" ? "" : ` ${words}`}${source.slice(line.length)}`;
}

/** The text with a flag set or not. */
export function withFlag(source: string, flag: string, on: boolean): string {
  const info = infoOf(source);
  if (info === null || info.flags.includes(flag) === on) return source;
  const words = wordsOf(info.rest);
  return withInfo(source, (on ? [...words, flag] : words.filter((word) => word !== flag)).join(" "));
}

/** The text under another kind, as far as one can be made of the other: `yaml run` to `yaml batch`, prose to a cell. */
export function withKind(source: string, language: string, kind: string): string {
  const info = infoOf(source);
  const newline = newlineOf(source);
  if (info === null) {
    const { open, body, close } = proseParts(source);
    const fence = fenceFor("```", body);
    return `${open}${fence}${language} ${kind}${newline}${body}${newline}${fence}${close === "" ? newline : close}`;
  }
  const [line] = /^[^\r\n]*/.exec(source)!;
  return `${info.fence}${language} ${kind}${info.rest === "" ? "" : ` ${info.rest}`}${source.slice(line.length)}`;
}

/** A cell's body as prose. */
export function asProse(source: string): string {
  if (infoOf(source) === null) return source;
  const { body, close } = cellParts(source);
  // The blank lines below the fence stay.
  const below = close.replace(/^(\r?\n)? {0,3}[`~]+[ \t]*/, "");
  return body + (below === "" ? newlineOf(source) : below);
}

/** The line break that a text uses. */
export function newlineOf(text: string): "\n" | "\r\n" {
  return /(^|[^\r])\n/.test(text) || !text.includes("\r\n") ? "\n" : "\r\n";
}

function cellParts(source: string): SourceParts {
  const [open] = /^[^\n]*\n?/.exec(source)!;
  const inside = source.slice(open.length);
  const { fence } = infoOf(source)!;
  const closing = new RegExp(`(^|\\r?\\n) {0,3}${fence[0]}{${fence.length},}[ \\t]*(?:\\r?\\n\\s*)?$`).exec(inside);
  if (closing === null) return { open, body: inside, close: "" };
  return { open, body: inside.slice(0, closing.index), close: inside.slice(closing.index) };
}

function frontParts(source: string): SourceParts | null {
  const [, open, body, close] = /^(---[ \t]*\r?\n)([^]*?)((?:(?:^|\r?\n)---[ \t]*)(?:\r?\n\s*)?)$/.exec(source) ?? [];
  if (open !== undefined) return { open, body: body!, close: close! };
  // Nothing between the two lines.
  const [, first, second] = /^(---[ \t]*\r?\n)(---[ \t]*(?:\r?\n\s*)?)$/.exec(source) ?? [];
  return first === undefined ? null : { open: first, body: "", close: second! };
}

/** A text in its parts: blank lines, what is edited, blank lines. */
export function proseParts(source: string): SourceParts {
  const [open] = /^(?:[ \t]*\r?\n)*/.exec(source)!;
  const inside = source.slice(open.length);
  const [close] = /\s*$/.exec(inside)!;
  return { open, body: inside.slice(0, inside.length - close.length), close };
}

function fenceFor(fence: string, body: string): string {
  const mark = fence[0]!;
  const runs = [...body.matchAll(new RegExp(`^ {0,3}(${mark}{3,})`, "gm"))].map(([, run]) => run!.length);
  return mark.repeat(Math.max(fence.length, ...runs.map((length) => length + 1)));
}
