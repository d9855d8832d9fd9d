import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import { STANDARD_STATE, stateOf, stateText } from "./state.ts";

Deno.test("how the shell was left comes back", () => {
  const state = { open: ["runs", "scenarios/economic"], width: 300, hidden: true };
  assertEquals(stateOf(stateText(state)), state);
});

Deno.test("a cookie that was never set, or that says nonsense, counts as nothing", () => {
  for (const text of [null, "", "x", "null", "1", "[]", '{"open":1,"width":"9","hidden":"yes"}', '{"width":null}']) {
    assertEquals(stateOf(text), STANDARD_STATE, String(text));
  }
  assertEquals(stateOf('{"width":9}').width, 180);
  assertEquals(stateOf('{"width":1e9}').width, 480);
  assertEquals(stateOf('{"open":["a",3,null]}').open, ["a"]);
});

Deno.test("the cookie stays below what browsers keep", () => {
  const open = Array.from({ length: 500 }, (_, i) => `notebooks/folder ${i} ${"x".repeat(i % 80)}`);
  const text = stateText({ ...STANDARD_STATE, open });
  assertTrue(encodeURIComponent(text).length < 4000, `${text.length}`);
  assertEquals(stateOf(text).open.at(-1), open.at(-1));
});
