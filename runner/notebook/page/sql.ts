/** SQL as far as a page has to read it: where strings and comments are, and which tables are named. */

import { MALFORMED, REFERENCE } from "./reference.ts";

/** A piece of SQL text; `start` and `end` are offsets. */
export interface SqlToken {
  readonly kind: "word" | "quoted" | "string" | "comment" | "reference" | "malformed" | "escape" | "symbol";
  readonly start: number;
  readonly end: number;
}

const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const NUMBER = /\d[\w.]*/y;
const LINE_COMMENT = /--[^\r\n]*/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_]\w*)?\$/y;

/** The tokens of `sql`, without spaces. */
export function* sqlTokens(sql: string): Generator<SqlToken> {
  let at = 0;
  const end = (pattern: RegExp): number | undefined => {
    pattern.lastIndex = at;
    return pattern.test(sql) ? pattern.lastIndex : undefined;
  };
  while (at < sql.length) {
    const start = at;
    const [kind, next] = tokenAt(sql, at, end);
    at = next;
    if (kind !== null) yield { kind, start, end: at };
  }
}

function tokenAt(
  sql: string,
  at: number,
  end: (pattern: RegExp) => number | undefined,
): [kind: SqlToken["kind"] | null, end: number] {
  const char = sql[at]!;
  let next: number | undefined;
  if (/\s/.test(char)) return [null, at + 1];
  if (char === "$") {
    if (sql.startsWith("$${", at)) return ["escape", at + 3];
    if ((next = end(REFERENCE)) !== undefined) return ["reference", next];
    if ((next = end(MALFORMED)) !== undefined) return ["malformed", next];
    if ((next = end(DOLLAR_TAG)) !== undefined) {
      const tag = sql.slice(at, next);
      const close = sql.indexOf(tag, next);
      return ["string", close < 0 ? sql.length : close + tag.length];
    }
  }
  if (char === "-" && (next = end(LINE_COMMENT)) !== undefined) return ["comment", next];
  if (char === "/" && sql[at + 1] === "*") return ["comment", blockCommentEnd(sql, at)];
  if (char === "'") return ["string", quotesEnd(sql, at, "'", false)];
  if ((char === "e" || char === "E") && sql[at + 1] === "'") return ["string", quotesEnd(sql, at + 1, "'", true)];
  if (char === '"') return ["quoted", quotesEnd(sql, at, '"', false)];
  if ((next = end(WORD)) !== undefined) return ["word", next];
  if ((next = end(NUMBER)) !== undefined) return ["symbol", next];
  return ["symbol", at + 1];
}

/** Past the quote that closes the one at `at`; two of them are one that does not, and neither, perhaps, is one after a `\\`. */
function quotesEnd(sql: string, at: number, quote: string, backslashes: boolean): number {
  for (let i = at + 1; i < sql.length; i++) {
    if (backslashes && sql[i] === "\\") i++;
    else if (sql[i] === quote) {
      if (sql[i + 1] !== quote) return i + 1;
      i++;
    }
  }
  return sql.length;
}

/** Comments nest. */
function blockCommentEnd(sql: string, at: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = at;
  let depth = 0;
  for (let mark = marks.exec(sql); mark !== null; mark = marks.exec(sql)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return sql.length;
}

/** A table that is named. */
export interface TableName {
  /** As it is written, without quotes. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Words that end a list of tables; they are reserved, so that none of them is a table itself. */
const CLAUSES = new Set(
  "where group order having limit offset union intersect except window qualify select returning on using with".split(
    " ",
  ),
);
/** Statements that begin with a table; as names of columns they mean nothing. */
const TABLE_STATEMENTS = new Set(["table", "describe", "summarize", "pivot", "unpivot"]);
/** `extract(year FROM at)`: here FROM is followed by a value. */
const FROM_IN_CALL = new Set(["extract", "trim", "substring", "overlay", "position"]);

/** What is open: the statement, or what stands in a pair of parentheses. */
interface Level {
  /** Whether a table may come next. */
  expects: boolean;
  /** Whether commas part tables. */
  from: boolean;
  /** Function that the parentheses belong to. */
  readonly call: string;
  /** Name of the common table expression whose body this is. */
  readonly defines: string | null;
}

/**
 * The tables that `sql` reads, in its order: names after FROM and JOIN and in lists of them. Names of common table expressions
 * are left out after the expression (in it they are another table, unless it is recursive), columns and aliases always.
 */
export function tablesOf(sql: string): TableName[] {
  const tokens = [...sqlTokens(sql)].filter((token) => token.kind !== "comment");
  const lowered = tokens.map((token) => nameOf(sql, token).toLowerCase());
  const tables: TableName[] = [];
  const expressions = new Set<string>();
  const recursive = tokens.some((token, at) => token.kind === "word" && lowered[at] === "recursive");
  const levels: Level[] = [{ expects: false, from: false, call: "", defines: null }];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    const word = lowered[at]!;
    const level = levels.at(-1)!;
    if (token.kind === "symbol" && word === "(") {
      const defines = definedName(tokens, lowered, at);
      if (defines !== null && recursive) expressions.add(defines);
      const call = tokens[at - 1]?.kind === "word" ? lowered[at - 1]! : "";
      levels.push({ expects: level.expects, from: level.expects, call, defines });
      level.expects = false;
    } else if (token.kind === "symbol" && word === ")") {
      if (level.defines !== null) expressions.add(level.defines);
      if (levels.length > 1) levels.pop();
    } else if (token.kind === "symbol" && word === ",") {
      level.expects = level.from;
    } else if (token.kind === "word" && tableFollows(lowered, at, level)) {
      level.expects = level.from = true;
    } else if (token.kind === "word" && CLAUSES.has(word)) {
      level.expects = false;
      // `a JOIN b ON …, c`: the list goes on.
      if (word !== "on" && word !== "using") level.from = false;
    } else if (level.expects && (token.kind === "word" || token.kind === "quoted")) {
      if (token.kind === "word" && ["lateral", "only", "as", "recursive"].includes(word)) continue;
      level.expects = false;
      // A function that gives a table is none of the page's; of `main.sweep` the last name counts.
      let last = at;
      while (lowered[last + 1] === "." && last + 2 < tokens.length) last += 2;
      at = last;
      if (lowered[last + 1] === ":" && lowered[last + 2] !== ":") {
        // `FROM alias: sweep`.
        level.expects = true;
        at++;
        continue;
      }
      if (lowered[last + 1] !== "(" && !expressions.has(lowered[last]!)) {
        const { start, end } = tokens[last]!;
        tables.push({ name: nameOf(sql, tokens[last]!), start, end });
      }
    } else level.expects = false;
  }
  return tables;
}

/** Name before `AS (`, `AS MATERIALIZED (` or `(columns) AS (` that a parenthesis at `at` opens; null: it opens something else. */
function definedName(tokens: readonly SqlToken[], lowered: readonly string[], at: number): string | null {
  let before = at - 1;
  if (lowered[before] === "materialized") before--;
  if (lowered[before] === "not") before--;
  if (tokens[before]?.kind !== "word" || lowered[before] !== "as") return null;
  before--;
  if (lowered[before] === ")") {
    while (before > 0 && lowered[before] !== "(") before--;
    before--;
  }
  const kind = tokens[before]?.kind;
  return kind === "word" || kind === "quoted" ? lowered[before]! : null;
}

/** Whether a table comes after the word at `at`. */
function tableFollows(lowered: readonly string[], at: number, level: Level): boolean {
  const word = lowered[at]!;
  const before = lowered[at - 1];
  if (word === "join") return true;
  if (TABLE_STATEMENTS.has(word)) return before === undefined || ["(", ")", ";"].includes(before);
  if (word !== "from" || FROM_IN_CALL.has(level.call)) return false;
  // `a IS [NOT] DISTINCT FROM b` compares.
  const is = lowered[at - 2] === "not" ? lowered[at - 3] : lowered[at - 2];
  return before !== "distinct" || is !== "is";
}

function nameOf(sql: string, token: SqlToken): string {
  const text = sql.slice(token.start, token.end);
  return token.kind === "quoted" ? text.slice(1, -1).replaceAll('""', '"') : text;
}
