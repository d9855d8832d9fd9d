import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { fitted, jsonBytes } from "./fit.ts";

Deno.test("fitted() keeps what fits, and everything else within the limit", () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 400, max: 4000 }), (value, limit) => {
    const { value: kept, omitted } = fitted(value, limit, "it");
    if (jsonBytes(value) <= limit) assertEquals([kept, omitted], [value, []]);
    else if (typeof value === "object") assertTrue(jsonBytes(kept) <= limit && omitted.length > 0);
  }));
});

Deno.test("fitted() says how many entries are left out, and keeps small ones whole beside large ones", () => {
  const agents = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`a${i}`, { wealth: i }]));
  const { value, omitted } = fitted(
    { why: "it ended", final_state: { turn: 3, agents }, stats: { turns: 3 } },
    10_000,
    "result",
  );
  assertEquals([value.why, value.final_state.turn, value.stats], ["it ended", 3, { turns: 3 }]);
  const kept = Object.keys(value.final_state.agents).length;
  assertTrue(kept > 300, `${kept}`);
  assertEquals(omitted, [`result.final_state.agents: ${(5000 - kept).toLocaleString("en")} of 5,000`]);
  assertTrue(jsonBytes(value) <= 10_000);
});

Deno.test("fitted() shortens long texts, also of other scripts", () => {
  for (const letter of ["x", "ж", "字", "😀", '"', "\n"]) {
    const { value, omitted } = fitted({ text: letter.repeat(100_000), n: 1 }, 5000, "it");
    assertTrue(jsonBytes(value) <= 5000, letter);
    assertEquals([value.n, omitted.length], [1, 1]);
    assertTrue(value.text.length > 100);
  }
});
