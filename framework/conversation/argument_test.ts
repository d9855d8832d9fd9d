import { assertEquals } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import type { Json } from "../json.ts";
import { argumentOf, compareArgument, type Fit } from "./argument.ts";
import type { ParameterSchema, ParameterType } from "./catalogue.ts";

const of = (type: ParameterType, more: Partial<ParameterSchema> = {}): ParameterSchema => ({
  type,
  description: "",
  ...more,
});

/** Checks a table of comparisons, each of them both ways round. */
function check(schema: ParameterSchema | undefined, rows: readonly (readonly [Json, Json, Fit])[]): void {
  for (const [a, b, fit] of rows) {
    const said = `${JSON.stringify(a)} and ${JSON.stringify(b)} as ${schema?.type}`;
    assertEquals(compareArgument(schema, a, b), fit, said);
    assertEquals(compareArgument(schema, b, a), fit, `${said}, the other way round`);
  }
}

Deno.test("a string compares exactly, but for Unicode form and blanks", () => {
  check(of("string"), [
    ["Beta test", "  Beta \n test ", "same"],
    ["Caf\u00e9", "Cafe\u0301", "same"],
    ["Beta test", "beta test", "different"],
    ["2026", 2026, "same"],
    ["true", true, "same"],
    ["a", ["a"], "different"],
    ["\ud800", "\ud800", "same"],
  ]);
});

Deno.test("a text that differs is unclear, never different", () => {
  check(of("text"), [
    ["Write it.", "Write  it.", "same"],
    ["Write it.", "Please write the report", "unclear"],
    ["Write it.", { a: 1 }, "unclear"],
  ]);
});

Deno.test("numbers have a tolerance of 1e-9 of their size, and numeric texts count", () => {
  check(of("number"), [
    [0.1 + 0.2, 0.3, "same"],
    [1e12, 1e12 + 100, "same"],
    [1, 1.00001, "different"],
    ["3.50", 3.5, "same"],
    [" 1e3 ", 1000, "same"],
    [0, 1e-300, "different"],
    ["three", 3, "different"],
    ["0x10", 16, "different"],
    ["", 0, "different"],
    [true, 1, "different"],
  ]);
  check(of("integer"), [
    ["3", 3, "same"],
    ["3.0", 3, "same"],
    [3, 4, "different"],
    [10_000_000_000, 10_000_000_001, "different"],
  ]);
});

Deno.test("dates compare by instant, and by day where one has no time", () => {
  check(of("date"), [
    ["2026-05-12", "2026/05/12", "same"],
    ["2026-05-12", "12 May 2026", "same"],
    ["2026-05-12", "May 12, 2026", "same"],
    ["2026-05-12", "Tuesday, May 12th, 2026", "same"],
    ["2026-05-12", "12th of May 2026", "same"],
    ["2026-05-12", "2026-05-12T23:59:59Z", "same"],
    ["2026-05-12", "2026-05-13", "different"],
    ["2026-05-12T10:00", "2026-05-12 10:00:00.000Z", "same"],
    ["2026-05-12T10:00Z", "2026-05-12T12:00+02:00", "same"],
    ["2026-05-12T10:00Z", "2026-05-12T05:00 -0500", "same"],
    ["2026-05-12T10:00Z", "May 12, 2026 at 10:00 AM", "same"],
    ["2026-05-12T00:30Z", "May 12, 2026 12:30 am", "same"],
    ["2026-05-12T10:00Z", "2026-05-12T10:01Z", "different"],
  ]);
});

Deno.test("a date that can be read in two ways, or in none, is unclear where the texts differ", () => {
  check(of("date"), [
    ["05/06/2026", "05/06/2026", "same"],
    ["05/06/2026", "2026-06-05", "unclear"],
    ["05/06/2026", "2026-05-06", "unclear"],
    ["05/06/2026", "06/05/2026", "unclear"],
    ["05/06/2026", "2026-08-01", "different"],
    ["25/06/2026", "2026-06-25", "same"],
    ["25/06/2026", "2026-06-24", "different"],
    ["05/05/2026", "2026-05-05", "same"],
    ["next Friday", "2026-05-15", "unclear"],
    ["2026-02-30", "2026-03-02", "unclear"],
    ["2026-05-12 25:00", "2026-05-12", "unclear"],
  ]);
});

Deno.test("ids are the same however they are written", () => {
  check(of("id"), [
    ["#3", 3, "same"],
    ["#3", "3", "same"],
    [" # 3", 3, "same"],
    ["TASK-a", "task-A", "same"],
    [3, 4, "different"],
    ["3", "33", "different"],
  ]);
});

Deno.test("booleans are read from the usual words", () => {
  check(of("boolean"), [
    [true, "yes", "same"],
    ["Y", 1, "same"],
    ["TRUE", "on", "same"],
    [false, "no", "same"],
    [0, "false", "same"],
    [true, false, "different"],
    [true, "maybe", "different"],
  ]);
});

Deno.test("lists compare entry by entry as their items say", () => {
  check(of("list", { items: "id" }), [
    [[1, "2"], ["#1", 2], "same"],
    [[1, 2], [2, 1], "different"],
    [[1, 2], [1], "different"],
    [[1], 1, "different"],
  ]);
  check(of("list", { items: "text" }), [
    [["a  b"], ["a b"], "same"],
    [["a", "b"], ["a", "c"], "unclear"],
    [["a"], ["a", "b"], "different"],
  ]);
  check(of("list"), [
    [["a  b", { c: 1 }], ["a b", { c: 1 + 1e-12 }], "same"],
    [["7"], [7], "different"],
  ]);
});

Deno.test("unordered lists compare as multisets", () => {
  check(of("list", { items: "id", unordered: true }), [
    [[1, "2", 10], ["10", 2, "#1"], "same"],
    [[1, 1, 2], [1, 2, 2], "different"],
    [["a", "B"], ["b", "A"], "same"],
  ]);
  check(of("list", { items: "date", unordered: true }), [
    [["2026-05-12", "1 June 2026"], ["2026/06/01", "May 12, 2026"], "same"],
  ]);
  check(of("list", { items: "boolean", unordered: true }), [[[true, "no"], [0, "yes"], "same"]]);
  check(of("list", { items: "number", unordered: true }), [[["10", 9], [9, 10], "same"]]);
  check(of("list", { items: "text", unordered: true }), [[["b", "c"], [" c", "b"], "same"]]);
  check(of("list", { unordered: true }), [
    [[{ b: 1, a: [2] }, "x"], ["x ", { a: [2], b: 1 }], "same"],
    [[0.3, 1], [1, 0.1 + 0.2], "same"],
    [[{ a: 1 }, { a: 2 }], [{ a: 2 }, { a: 1 }], "same"],
  ]);
});

Deno.test("objects compare by key, deep; so does what has no schema", () => {
  check(of("object"), [
    [{ a: { b: [1] }, c: "x" }, { c: "x ", a: { b: [1] } }, "same"],
    [{ a: 1 }, { a: 1, b: 2 }, "different"],
    [{ a: 1 }, { b: 1 }, "different"],
    [JSON.parse('{"__proto__": 1}'), {}, "different"],
    [{ constructor: "x" }, { other: "x" }, "different"],
  ]);
  check(undefined, [
    [{ a: [1, "x"] }, { a: [1 + 1e-12, " x"] }, "same"],
    ["3", 3, "different"],
    [[1, 2], [2, 1], "different"],
  ]);
});

Deno.test("what is left out or null is only the same as what is left out", () => {
  assertEquals(compareArgument(of("text"), undefined, null), "same");
  assertEquals(compareArgument(of("text"), "x", undefined), "different");
  assertEquals(compareArgument(undefined, null, 0), "different");
});

Deno.test("argumentOf() gives what is written, else the default, and nothing that objects inherit", () => {
  const schema = of("string", { default: "last_child" });
  assertEquals(argumentOf(schema, { at: "before" }, "at"), "before");
  assertEquals(argumentOf(schema, {}, "at"), "last_child");
  assertEquals(argumentOf(schema, { at: null }, "at"), "last_child");
  assertEquals(argumentOf(undefined, { at: null }, "at"), undefined);
  assertEquals(argumentOf(undefined, {}, "constructor"), undefined);
});

Deno.test("every comparison is symmetric, and finds a value the same as itself", () => {
  const types: ParameterType[] = ["string", "text", "integer", "number", "boolean", "date", "id", "list", "object"];
  const words = ["#3", "3", " 3", "yes", "05/06/2026", "2026-06-05", "2026-06-05T10:00Z", "x", "X", ""];
  const value = fc.oneof(
    fc.constantFrom<Json>(...words, 0, 1, 3, true, false, null),
    fc.array(fc.constantFrom<Json>("a", "#1", 1, 1 + 1e-10, null), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "__proto__"), fc.constantFrom<Json>("1", 1, [2])),
    fc.jsonValue() as fc.Arbitrary<Json>,
  );
  const schema = fc.record({
    type: fc.constantFrom(...types),
    unordered: fc.boolean(),
    items: fc.constantFrom("string", "text", "integer", "number", "boolean", "date", "id" as const),
  });
  fc.assert(fc.property(fc.option(schema), value, value, (kind, a, b) => {
    const parameter = kind === null ? undefined : of(kind.type, kind);
    assertEquals(compareArgument(parameter, a, b), compareArgument(parameter, b, a));
    assertEquals(compareArgument(parameter, a, structuredClone(a)), "same");
  }));
});
