/** Where a text stops being JSON: `JSON.parse` does not always say. */

/** What was found instead of JSON, and where. */
export interface JsonFault {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
  /** As the rest of "it is not JSON: …". */
  readonly message: string;
}

const SPACE = /[ \t\n\r]*/y;
const TOKEN =
  /"(?:[\u0020\u0021\u0023-\u005b\u005d-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null|[[\]{},:]/y;

/** What may follow: a value (or the end of an empty list), a key (or the end of an empty map), … */
type Expected = "value" | "item or end" | "key" | "key or end" | "colon" | "comma or end" | "nothing";

/** The first fault of a text that is no JSON. */
export function jsonFault(text: string): JsonFault {
  const open: string[] = [];
  let expected: Expected = "value";
  for (let at = 0;;) {
    at = endOf(SPACE, text, at);
    const end = endOf(TOKEN, text, at);
    const token = text.slice(at, end);
    const next: Expected | undefined = token === "" ? undefined : after(token, expected, open);
    if (next === undefined) return faultAt(text, at);
    expected = next;
    at = end;
  }
}

function endOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

/** What may follow `token`; undefined where it may not stand. */
function after(token: string, expected: Expected, open: string[]): Expected | undefined {
  const done = (): Expected => open.length === 0 ? "nothing" : "comma or end";
  switch (token) {
    case ",":
      return expected !== "comma or end" ? undefined : open.at(-1) === "{" ? "key" : "value";
    case ":":
      return expected === "colon" ? "value" : undefined;
    case "]":
    case "}": {
      const empty = token === "]" ? "item or end" : "key or end";
      if (expected !== empty && expected !== "comma or end") return undefined;
      return open.pop() === (token === "]" ? "[" : "{") ? done() : undefined;
    }
  }
  if (expected === "key" || expected === "key or end") return token.startsWith('"') ? "colon" : undefined;
  if (expected !== "value" && expected !== "item or end") return undefined;
  if (token !== "[" && token !== "{") return done();
  open.push(token);
  return token === "[" ? "item or end" : "key or end";
}

function faultAt(text: string, at: number): JsonFault {
  const before = text.slice(0, at).split("\n");
  const found = text.codePointAt(at);
  return {
    line: before.length,
    column: before.at(-1)!.length + 1,
    message: found === undefined
      ? "it ends too early"
      : `${JSON.stringify(String.fromCodePoint(found))} cannot stand here`,
  };
}
