import fc from "../tests/support/properties.ts";
import { assertEquals, assertMatches, assertThrows } from "../tests/support/assert.ts";
import { canonicalJson, sha256 } from "./canonical_json.ts";

Deno.test("canonicalJson() writes the example of RFC 8785, section 3.2.2, as section 3.2.3 shows it", () => {
  const value = {
    numbers: [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
    string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    literals: [null, true, false],
  };
  const expected = '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
    '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}';
  assertEquals(canonicalJson(value), expected);
});

Deno.test("canonicalJson() sorts keys by UTF-16 units, as RFC 8785 sorts them", () => {
  const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
  assertEquals(canonicalJson(value).match(/:(\d)/g)?.join(""), ":2:4:6:7:1:5:3");
});

Deno.test("canonicalJson() writes -0 as 0", () => assertEquals(canonicalJson([-0]), "[0]"));

Deno.test("canonicalJson() does not depend on the order in which keys were set, at any depth", () => {
  const reversed = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(reversed)
      : value !== null && typeof value === "object"
      ? Object.fromEntries(Object.entries(value).reverse().map(([key, inner]) => [key, reversed(inner)]))
      : value;
  // The strings of fc.json() may hold lone surrogates, which have no canonical form.
  const json = fc.jsonValue().filter((value) =>
    JSON.stringify(value).isWellFormed() && !/\\ud[89a-f]/i.test(JSON.stringify(value))
  );
  fc.assert(fc.property(json, (value) => {
    const text = canonicalJson(value);
    assertEquals(canonicalJson(reversed(value)), text);
    assertEquals(canonicalJson(JSON.parse(text)), text);
  }));
});

Deno.test("canonicalJson() refuses what JSON cannot carry and says where it is", () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  const cases: [unknown, RegExp][] = [
    [{ a: [1, NaN] }, /^a\[1\]: NaN/],
    [[-Infinity], /^\[0\]: -Infinity/],
    [{ a: undefined }, /^a: undefined/],
    [undefined, /^\(root\): undefined/],
    [new Array(1), /^\[0\]: undefined/],
    [{ a: 1n }, /^a: a bigint/],
    [{ f: () => 1 }, /^f: a function/],
    [{ a: new Date(0) }, /^a: an object of class Date/],
    [["\ud800"], /^\[0\]: a text with a lone surrogate/],
    [{ "\udc00": 1 }, /lone surrogate/],
    [cyclic, /^\[0\]: a reference to a value around it/],
  ];
  for (const [value, message] of cases) {
    assertMatches(assertThrows(() => canonicalJson(value), "not_json").message, message);
  }
});

Deno.test("canonicalJson() accepts a value that occurs twice without being in itself", () => {
  const shared = { x: 1 };
  assertEquals(canonicalJson([shared, shared]), '[{"x":1},{"x":1}]');
});

Deno.test("sha256() hashes texts as UTF-8 and bytes as they are", () => {
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assertEquals(sha256("abc"), abc);
  assertEquals(sha256(new TextEncoder().encode("abc")), abc);
  assertEquals(sha256("é"), sha256(Uint8Array.of(0xc3, 0xa9)));
});
