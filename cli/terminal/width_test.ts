import { assertEquals } from "../../tests/support/assert.ts";
import { displayWidth, pad, plainText, truncate } from "./width.ts";

Deno.test("displayWidth: wide characters and emoji take two columns, combining marks and colours none", () => {
  assertEquals(displayWidth("abc"), 3);
  assertEquals(displayWidth("日本"), 4);
  assertEquals(displayWidth("한국"), 4);
  assertEquals(displayWidth("🚀"), 2);
  assertEquals(displayWidth("e\u0301"), 1);
  assertEquals(displayWidth("▁▂█░…–"), 6);
  assertEquals(displayWidth("\x1b[1;32mok\x1b[0m"), 2);
});

Deno.test("truncate: never exceeds the width, never cuts a wide character in half", () => {
  assertEquals(truncate("abcdef", 6), "abcdef");
  assertEquals(truncate("abcdef", 4), "abc…");
  assertEquals(truncate("日本語", 4), "日…");
  assertEquals(truncate("abc", 1), "…");
  assertEquals(truncate("abc", 0), "");
});

Deno.test("pad: fills up by display width", () => {
  assertEquals(pad("日", 4), "日  ");
  assertEquals(pad("12", 4, "right"), "  12");
  assertEquals(pad("long", 2), "long");
});

Deno.test("plainText: escape sequences, controls and direction marks are gone, line breaks are a space", () => {
  assertEquals(plainText("a\x1b[2Jb\x1b]0;title\x07c"), "abc");
  assertEquals(plainText("one\r\ntwo\tthree"), "one two three");
  assertEquals(plainText("x\u0007\u009b\u202ey"), "xy");
  assertEquals(plainText("lone \x1b escape"), "lone  escape");
  assertEquals(plainText("naïve 日本"), "naïve 日本");
});
