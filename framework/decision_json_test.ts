import { assertEquals, assertMatches, assertThrows } from "../tests/support/assert.ts";
import { Action } from "./action.ts";
import { decisionOf, readDecision } from "./decision_json.ts";
import { LifecycleRequest } from "./lifecycle.ts";
import { OutgoingMessage } from "./message.ts";

Deno.test("readDecision() takes one part, several, or nothing", () => {
  assertEquals(readDecision(null), []);
  assertEquals(readDecision(undefined), []);
  assertEquals(readDecision([]), []);
  assertEquals(readDecision({ sleep: 2 }), [{ sleep: 2 }]);
  assertEquals(readDecision([{ action: "a" }, { leave: true, reason: "done" }]), [
    { action: "a" },
    { leave: true, reason: "done" },
  ]);
});

Deno.test("decisionOf() makes of each part what the agent itself would return", () => {
  const [act, tell, shout, leave, sleep] = decisionOf(
    "P",
    readDecision([
      { action: "give", parameters: { to: "B" }, reasoning: "kind", confidence: 0.5 },
      { message: { to: ["B", "C"], content: [1] } },
      { message: { to: "*", content: "hey", radius: 2 } },
      { leave: true },
      { sleep: 3, reason: "tired" },
    ]),
  );
  assertEquals(act, new Action("P", "give", { to: "B" }, { reasoning: "kind", confidence: 0.5 }));
  assertEquals([tell, shout], [new OutgoingMessage(["B", "C"], [1]), new OutgoingMessage("*", "hey", 2)]);
  assertEquals([leave, sleep], [
    new LifecycleRequest("remove_agent", "P"),
    new LifecycleRequest("pause_agent", "P", undefined, 3, "tired"),
  ]);
});

const WRONG: readonly (readonly [value: unknown, message: RegExp])[] = [
  ["give", /part 1 .*has none of action, message, leave, sleep/],
  [{}, /has none of/],
  [[{ action: "a" }, 3], /part 2 .*has none of/],
  [{ action: "" }, /action: /],
  [{ action: "a", parameters: [1] }, /parameters: expected an object/],
  [{ action: "a", confidence: 2 }, /confidence: /],
  [{ action: "a", extra: 1 }, /extra/],
  [{ message: { to: "", content: 1 } }, /message\.to/],
  [{ message: { to: "B" } }, /message\.content/],
  [{ message: { to: "B", content: 1, radius: 2 } }, /a radius goes with messages to '\*'/],
  [{ leave: false }, /leave/],
  [{ sleep: 0 }, /sleep/],
  [{ sleep: 1.5 }, /sleep/],
];

for (const [value, message] of WRONG) {
  Deno.test(`readDecision() refuses ${JSON.stringify(value)}`, () => {
    const error = assertThrows(() => readDecision(value), "bad_decision");
    assertMatches(error.message, message);
  });
}
