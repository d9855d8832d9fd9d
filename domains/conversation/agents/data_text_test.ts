import fc from "../../../tests/support/properties.ts";
import type { Json } from "llm-sim";
import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import { dataBlock, dataText } from "./data_text.ts";

Deno.test("dataText: any JSON on one line, from which it can be read again", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = dataText(value as Json);
    assertEquals(text.split(/[\r\n\u2028\u2029]/).length, 1);
    assertEquals(JSON.parse(text), JSON.parse(JSON.stringify(value)));
  }));
});

Deno.test("dataText: what cannot be seen, or changes how the rest looks, is written out", () => {
  assertEquals(dataText("a\u202eb\u200bc\u{e0041}"), String.raw`"a\u202eb\u200bc\udb40\udc41"`);
});

Deno.test("dataBlock: nothing that a value holds ends the block", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: fc.constantFrom("`", "\n", " ", "a", "#") })), (values) => {
    const lines = dataBlock(values).split("\n");
    assertEquals(lines.filter((line) => line.startsWith("```")), ["```json", "```"]);
    assertTrue(lines.at(-1) === "```");
    assertEquals(JSON.parse(lines.slice(1, -1).join("\n")), values);
  }));
});
