import fc from "../tests/support/properties.ts";
import { assertEquals, assertTrue } from "../tests/support/assert.ts";
import { displayWidth, wrapped } from "./plain_text.ts";

Deno.test("wrapped: breaks between words, keeps line breaks and indentation, cuts words that are too wide", () => {
  assertEquals(wrapped("one two three", 8), ["one two", "three"]);
  assertEquals(wrapped("a\n\n  b", 8), ["a", "", "  b"]);
  assertEquals(wrapped("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
  assertEquals(wrapped("日本語", 4), ["日本", "語"]);
  assertEquals(wrapped("", 8), [""]);
});

Deno.test("wrapped: no line is wider than asked, no word is lost", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "bc", " ", "日", "\n", "-") }),
      fc.integer({ min: 2, max: 20 }),
      (text, width) => {
        const lines = wrapped(text, width);
        assertTrue(lines.every((line) => displayWidth(line) <= width));
        assertEquals(lines.join("").replace(/\s/g, ""), text.replace(/\s/g, ""));
      },
    ),
  );
});
