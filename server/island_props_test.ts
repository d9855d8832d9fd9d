import { computed, type Signal, signal } from "@preact/signals";
import { h } from "preact";
import { assertEquals, assertMatches, assertThrows } from "../tests/support/assert.ts";
import fc from "../tests/support/properties.ts";
import { propsOf } from "./client/props.ts";
import { encodeProps } from "./island_props.ts";

/** The props as they arrive in the browser. */
function arrived(props: Record<string, unknown>): Record<string, unknown> {
  return propsOf(JSON.parse(JSON.stringify(encodeProps("test", props, new Map()))), new Map());
}

Deno.test("props arrive as they are: JSON, dates, numbers that JSON has not, fields of whatever name", () => {
  const keys = fc.oneof(fc.string(), fc.constantFrom("$", "__proto__", "id", "of", "value", "at", "constructor"));
  const leaves = fc.oneof(
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom("signal", "date", "object", "number"),
    fc.date({ noInvalidDate: true }),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: "small" }, leaves, fc.array(tie("value")), tie("object")),
    object: fc.array(fc.tuple(keys, tie("value"))).map((fields) => Object.fromEntries(fields)),
  }));
  fc.assert(fc.property(value, (given) => {
    // JSON has no -0.
    fc.pre(!JSON.stringify(given, (_, of) => Object.is(of, -0) ? "minus zero" : of).includes("minus zero"));
    assertEquals(arrived({ given }).given, given);
  }));
});

Deno.test("what is undefined is left out, in lists it is nothing", () => {
  assertEquals(arrived({ a: undefined, b: { c: undefined, d: 1 }, e: [undefined, 2] }), { b: { d: 1 }, e: [null, 2] });
});

Deno.test("a signal arrives as one signal, wherever in the page it is given", () => {
  const count = signal<unknown>({ $: "not ours" });
  const ids = new Map();
  const sent = [{ a: count, b: [count] }, { c: count, d: signal(7), e: computed(() => count.value) }].map((props) =>
    JSON.parse(JSON.stringify(encodeProps("test", props, ids)))
  );
  const signals = new Map();
  const [first, second] = sent.map((props) => propsOf(props, signals)) as [
    { a: Signal; b: Signal[] },
    { c: Signal; d: Signal; e: Signal },
  ];
  assertEquals(first.a.peek(), { $: "not ours" });
  assertEquals([first.b[0] === first.a, second.c === first.a, second.d.peek()], [true, true, 7]);
  first.a.value = "changed";
  assertEquals([second.c.peek(), second.e.peek()], ["changed", { $: "not ours" }]);
});

Deno.test("what cannot be sent is refused with its place", () => {
  const circle: unknown[] = [];
  circle.push({ circle });
  const refused: [props: Record<string, unknown>, message: RegExp][] = [
    [{ onClick: () => {} }, /prop 'onClick' of the island test is a function/],
    [{ a: { b: [1, { c: () => {} }] } }, /prop 'a\.b\[1\]\.c' .* is a function/],
    [{ children: h("p", null) }, /prop 'children' .* is an element/],
    [{ children: ["text", h("p", null)] }, /prop 'children\[1\]' .* is an element/],
    [{ at: new Map() }, /prop 'at' .* is a Map/],
    [{ big: 1n }, /prop 'big' .* is a bigint/],
    [{ held: signal(() => {}) }, /prop 'held\.value' .* is a function/],
    [{ circle }, /prop 'circle\[0\]\.circle' .* contains itself/],
  ];
  for (const [props, message] of refused) {
    assertMatches(assertThrows(() => encodeProps("test", props, new Map()), "island_props").message, message);
  }
  const twice = { same: 1 };
  assertEquals(arrived({ a: twice, b: [twice, twice] }), { a: twice, b: [twice, twice] });
});
