// deno-lint-ignore-file no-control-regex -- controls and escape sequences are this file's subject

/** Text as a terminal shows it: harmless, and how wide. For the command line and for conversations as text. */

/** `text` without control characters and escape sequences, so that data cannot steer the terminal. */
export function plainText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return text.replace(
    /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x1f\x7f-\x9f]+/g,
    (found) => /^\s+$/.test(found) ? " " : "",
  ).replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
}

/** Columns that `text` takes: East Asian wide characters and emoji two, combining marks none. Escape sequences none. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text.replace(/\x1b\[[0-9;]*m/g, "")) width += characterWidth(character);
  return width;
}

/** `text`, or its beginning and `…`, in at most `width` columns. */
export function truncate(text: string, width: number): string {
  if (width <= 0) return "";
  if (displayWidth(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const character of text) {
    const own = characterWidth(character);
    if (used + own > width - 1) break;
    kept += character;
    used += own;
  }
  return `${kept}…`;
}

/** `text` with spaces up to `width` columns: after it, or before it for `right`. */
export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "left" ? text + space : space + text;
}

/**
 * The lines of `text` in at most `width` columns each: its own line breaks are kept, words too wide for a line are cut.
 * Each line is {@linkcode plainText}.
 */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split(/\r\n|[\n\r\u2028\u2029]/)) {
    let line = "";
    let used = 0;
    for (const [word] of plainText(paragraph).matchAll(/\s+|\S+/g)) {
      const wide = displayWidth(word);
      if (used > 0 && used + wide > width) {
        lines.push(line.trimEnd());
        line = "";
        used = 0;
        if (word.trim() === "") continue;
      }
      if (wide <= width) {
        line += word;
        used += wide;
        continue;
      }
      for (const character of word) {
        const own = characterWidth(character);
        if (used > 0 && used + own > width) {
          lines.push(line);
          line = "";
          used = 0;
        }
        line += character;
        used += own;
      }
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0)!;
  if (code < 0x300) return 1;
  if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) return 0;
  return WIDE.some(([from, to]) => code >= from && code <= to) || /\p{Emoji_Presentation}/u.test(character) ? 2 : 1;
}

/** Blocks that Unicode's East Asian Width calls wide, or full width. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], // Hangul Jamo
  [0x2e80, 0x303e], // CJK radicals and punctuation
  [0x3041, 0xa4cf], // Kana to Yi
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3], // Hangul
  [0xf900, 0xfaff], // CJK compatibility
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60], // full-width forms
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd], // CJK extensions
];
