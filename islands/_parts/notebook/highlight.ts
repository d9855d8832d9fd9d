/** Source that is not being edited, in its colours: a few words per language, no editor. */

/** A stretch of source. */
export interface Token {
  readonly text: string;
  /** Null: nothing in particular. */
  readonly type: "comment" | "key" | "string" | "number" | "keyword" | "reference" | "heading" | "mark" | null;
}

const NUMBER = String.raw`(?<number>(?<![\w.])-?\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]))`;
const REFERENCE = String.raw`(?<reference>\$\{[^}\n]*\})`;

const YAML = new RegExp(
  [
    String.raw`(?<comment>(?:^|(?<=\s))#.*)`,
    REFERENCE,
    String.raw`(?<key>(?<=^|[\s{,\-])(?:"[^"\n]*"|[\w.$/-]+)(?=\s*:(?:\s|$)))`,
    String.raw`(?<string>"(?:[^"\\\n]|\\.)*"|'[^'\n]*')`,
    String.raw`(?<keyword>\b(?:true|false|null)\b)`,
    NUMBER,
  ].join("|"),
  "gm",
);

const SQL_WORDS =
  "select|from|where|group|by|order|having|limit|offset|as|and|or|not|in|is|null|on|join|left|right|full|inner|outer|cross|" +
  "with|union|all|distinct|case|when|then|else|end|between|like|ilike|asc|desc|over|partition|using|filter|values|true|false";
const SQL = new RegExp(
  [
    String.raw`(?<comment>--.*|/\*[^]*?\*/)`,
    REFERENCE,
    String.raw`(?<string>'(?:[^']|'')*')`,
    String.raw`(?<keyword>\b(?:${SQL_WORDS})\b)`,
    NUMBER,
  ].join("|"),
  "gim",
);

const MARKDOWN = new RegExp(
  [
    String.raw`(?<heading>^#{1,6} .*)`,
    REFERENCE,
    "(?<string>`[^`\\n]+`)",
    String.raw`(?<mark>\*\*[^*\n]+\*\*|^\s*(?:[-*+]|\d+\.)(?=\s)|^>.*)`,
  ].join("|"),
  "gm",
);

/** The source's stretches; joined they are the source. */
export function tokensOf(source: string, language: string): Token[] {
  const pattern = language === "yaml" ? YAML : language === "sql" ? SQL : language === "markdown" ? MARKDOWN : null;
  if (pattern === null) return [{ text: source, type: null }];
  const tokens: Token[] = [];
  let at = 0;
  for (const match of source.matchAll(pattern)) {
    if (match[0] === "") continue;
    if (match.index > at) tokens.push({ text: source.slice(at, match.index), type: null });
    const [type] = Object.entries(match.groups!).find(([, text]) => text !== undefined)!;
    tokens.push({ text: match[0], type: type as Token["type"] });
    at = match.index + match[0].length;
  }
  if (at < source.length) tokens.push({ text: source.slice(at), type: null });
  return tokens;
}
