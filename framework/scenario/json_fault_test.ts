import { assertEquals, assertThrows } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { jsonFault } from "./json_fault.ts";

Deno.test("a fault is where the text stops being JSON", () => {
  const faults: [text: string, place: string, message: RegExp][] = [
    ['{"nodes": ["a",]}', "1:16", /^"\]" cannot stand here$/],
    ['{\n  "a": 1,\n  "b" 2\n}', "3:7", /^"2"/],
    ["{'a': 1}", "1:2", /^"'"/],
    ["[1, 2", "1:6", /^it ends too early$/],
    ["", "1:1", /ends too early/],
    ["[1] [2]", "1:5", /^"\["/],
    ['{"a": [1}', "1:9", /^"}"/],
    ["[1, // two\n2]", "1:5", /^"\/"/],
    ["[01]", "1:3", /^"1"/],
    ['["a\n"]', "1:2", /^"\\""/],
    ["[NaN]", "1:2", /^"N"/],
    ['{"a": 1, }', "1:10", /^"}"/],
    ["[,]", "1:2", /^","/],
    ["{1: 2}", "1:2", /^"1"/],
  ];
  for (const [text, place, message] of faults) {
    assertThrows(() => JSON.parse(text));
    const fault = jsonFault(text);
    assertEquals(`${fault.line}:${fault.column}`, place, text);
    assertEquals(message.test(fault.message), true, fault.message);
  }
});

Deno.test("property: JSON has no fault before its end, and what is cut short ends too early", () => {
  fc.assert(fc.property(fc.json(), fc.nat(), (text, cut) => {
    const { line, column, message } = jsonFault(`${text} ?`);
    assertEquals([line, column, message], [1, text.length + 2, '"?" cannot stand here']);
    const short = `[${text}`.slice(0, 1 + cut % (text.length + 1));
    try {
      JSON.parse(short);
    } catch {
      assertEquals(jsonFault(short).line, 1);
    }
  }));
});
