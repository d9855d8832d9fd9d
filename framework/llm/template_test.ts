import fc from "../../tests/support/properties.ts";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import type { SimError } from "../issue.ts";
import { PromptTemplate } from "./template.ts";

const PLACEHOLDERS = { name: "who it is", others: "whom it sees", actions: "what it can do" };
const VALUES = { name: "A", others: "B, C", actions: "wait" };

function parse(text: string): PromptTemplate {
  return PromptTemplate.parse(text, { file: "prompts/trader.md", placeholders: PLACEHOLDERS });
}

/** `line:column: message (hint)` of all that is wrong with a template. */
function wrong(text: string): string[] {
  const { issues } = assertThrows(() => parse(text), "bad_prompt") as SimError;
  return issues.map(({ code, file, line, column, message, hint }) => {
    assertEquals([code, file], ["bad_prompt", "prompts/trader.md"]);
    return `${line}:${column}: ${message} (${hint})`;
  });
}

Deno.test("a template without a line --- is the user's part, with values in place of names", () => {
  const template = parse("\n  {{name}} sees {{ others }}.\n{{name}}{{actions}} } }} {x}\n\n");
  assertEquals(template.render(VALUES), { user: "A sees B, C.\nAwait } }} {x}" });
  assertEquals([...template.names], ["name", "others", "actions"]);
});

Deno.test("the first line --- parts system from user, and blanks around both are left out", () => {
  assertEquals(parse("\n You are {{name}}. \n--- \t\n\nGo!\n---\n- --- \n").render(VALUES), {
    system: "You are A.",
    user: "Go!\n---\n- ---",
  });
  assertEquals(parse("---\nGo!").render(VALUES), { user: "Go!" });
  assertEquals(parse("a ---\n--- b\n----\nGo!").render(VALUES), { user: "a ---\n--- b\n----\nGo!" });
});

Deno.test("backslashes make literal braces and literal lines ---", () => {
  const template = parse("\\---\nWrite \\{{name}} as \\{{{name}}}.\n\\---\n{{name}}\\---\n---\n{{name}}\n\\---");
  assertEquals(template.render(VALUES), {
    system: "---\nWrite {{name}} as {{{name}}}.\n---\nA\\---",
    user: "A\n---",
  });
});

Deno.test("a byte order mark and Windows line ends make no difference", () => {
  const text = "You are {{name}}.\n---\nGo!\nNow.";
  assertEquals(parse(`\ufeff${text.replaceAll("\n", "\r\n")}`).render(VALUES), parse(text).render(VALUES));
  assertEquals(parse("\ufeff---\rGo!").render(VALUES), { user: "Go!" });
  assertEquals(wrong("\ufeff{{nam}}\r\nb {{nam}}").map((issue) => issue.slice(0, 4)), ["1:1:", "2:3:"]);
});

Deno.test("values are put in once and stay as they are", () => {
  const hostile = "{{actions}} \\{{ $& $1\r\n---\n\ufeff";
  const template = parse("{{name}}\n---\n{{others}}{{name}}");
  assertEquals(template.render({ ...VALUES, name: hostile }), { system: hostile, user: `B, C${hostile}` });
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.string(), (name, others) => {
    assertEquals(template.render({ name, others }), { system: name, user: `${others}${name}` });
  }));
});

Deno.test("any text without marks is a template of itself", () => {
  const plain = fc.string({ unit: fc.constantFrom(..."ab {}\n-\\.$"), minLength: 1 })
    .filter((text) => text.trim() !== "" && !text.includes("{{") && !/^\\?---[ \t]*$/m.test(text));
  fc.assert(fc.property(plain, (text) => assertEquals(parse(text).render({}), { user: text.trim() })));
});

Deno.test("a template that cannot be meant is refused with every place", () => {
  const valid = "valid: name, others, actions";
  const literal = "write \\{{ for a literal {{";
  assertEquals(wrong("You are {{nam}}.\n---\n  {{name}} {{acting}} {{toString}}"), [
    `1:9: there is no placeholder {{nam}} (did you mean 'name'? ${valid})`,
    `3:12: there is no placeholder {{acting}} (did you mean 'actions'? ${valid})`,
    `3:23: there is no placeholder {{toString}} (${valid})`,
  ]);
  assertEquals(wrong("{{}} {{ }}\n{{a b}} {{{name}}}"), [
    `1:1: a placeholder has no name (${valid}; ${literal})`,
    `1:6: a placeholder has no name (${valid}; ${literal})`,
    `2:1: {{a b}} is no placeholder (${valid}; ${literal})`,
    `2:9: {{{name}} is no placeholder (did you mean 'name'? ${valid}; ${literal})`,
  ]);
  assertEquals(wrong("{{nam}}"), [`1:1: there is no placeholder {{nam}} (did you mean 'name'? ${valid})`]);
  assertEquals(wrong("a {{name\n}} {{"), [
    `1:3: a placeholder does not end (close it with }} on the same line, or ${literal})`,
    `2:4: a placeholder does not end (close it with }} on the same line, or ${literal})`,
  ]);
});

Deno.test("a template of a million braces is read at once, and its first mistakes are listed", () => {
  assertEquals(wrong("{{".repeat(1_000_000)).length, 20);
  assertEquals(wrong("{{}} ".repeat(100_000)).length, 20);
  assertEquals(parse("{{name}}".repeat(200_000)).render(VALUES).user.length, 200_000);
});

Deno.test("a template that asks nothing is refused", () => {
  for (const text of ["", " \r\n\t", "\ufeff"]) {
    assertEquals(wrong(text), ["1:1: the prompt is empty (write what the model is asked)"]);
  }
  assertMatches(wrong("You are {{name}}.\n---\n\n")[0]!, /^2:4: the prompt asks nothing \(what stands before/);
});

Deno.test("the error of a bad template names file, line and column in its message", () => {
  const { message, hint } = assertThrows(() => parse("Hi\n{{nam}}"), "bad_prompt") as SimError;
  assertEquals(message, "prompts/trader.md:2:1: there is no placeholder {{nam}}");
  assertMatches(hint!, /^did you mean 'name'/);
});

Deno.test("a value that is missing when it is rendered is a mistake of the program", () => {
  const template = parse("{{name}}");
  const missing = assertThrows(() => template.render({ others: "x" }));
  assertTrue(missing instanceof RangeError);
  assertEquals(missing.message, "the prompt needs a text for {{name}}, not nothing");
  const values = { name: 3 } as unknown as Record<string, string>;
  assertMatches(assertThrows(() => template.render(values)).message, /not number$/);
  const odd = PromptTemplate.parse("{{toString}}", { file: "x", placeholders: { toString: "odd" } });
  assertMatches(assertThrows(() => odd.render({})).message, /not nothing$/);
});
