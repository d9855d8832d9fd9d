import fc from "../../../tests/support/properties.ts";
import { assertEquals } from "../../../tests/support/assert.ts";
import { causesOf, kindOf, type RunEvent, summaryOf } from "./event_text.ts";

const of = (event_type: string, details?: unknown, more: Partial<RunEvent> = {}) =>
  summaryOf({ id: 1, event_type, details, ...more } as RunEvent);

Deno.test("every kind of event is told in one line", () => {
  assertEquals(of("SYSTEM", { system_event_type: "simulation_end", status: "max_turns" }), "simulation end: max_turns");
  assertEquals(of("MILESTONE", { milestone_type: "turn_start" }), "turn start");
  assertEquals(of("DECISION", { action_name: "trade", reasoning: "cheap\n  now" }), "trade: cheap now");
  assertEquals(of("DECISION", { decision_type: "agent_action" }), "agent action");
  assertEquals(
    of("ACTION", {
      action_type: "trade",
      action_payload: { amount: 3, to: "Bo" },
      validated: false,
      reason: "no gold",
    }),
    "trade amount 3, to Bo – refused: no gold",
  );
  assertEquals(of("ENV", { variable_name: "gold", old_value: 1, new_value: null }), "gold 1 → –");
  assertEquals(of("LLM", { purpose: "decide", model: "m", reply: "yes" }), "decide, m: yes");
  assertEquals(of("LLM", { purpose: "look", url: "http://x", error: { code: "timeout" } }), "look, http://x: timeout");
  assertEquals(of("VALIDITY", { kind: "decision_failed", error: { message: "late" } }), "decision failed: late");
  assertEquals(of("LIFECYCLE", { operation: "remove", applied: false, by: "engine" }), "remove – refused (by engine)");
  assertEquals(of("DETAIL", { calculation_type: "price", intermediate_values: { a: 1 } }), 'price: {"a":1}');
  assertEquals(of("NEW_KIND", { a: "b" }), '{"a":"b"}');
  assertEquals(of("ENV", {}, { description: "as the writer says" }), "as the writer says");
});

Deno.test("whatever stands in an event, it is a line", () => {
  for (
    const details of [undefined, null, 3, [], "text", { action_payload: [1] }, { error: "x" }, { reply: { a: 1 } }]
  ) {
    for (const type of ["SYSTEM", "ACTION", "ENV", "LLM", "LIFECYCLE", "constructor", "__proto__"]) {
      assertEquals(typeof of(type, details), "string");
      assertEquals(typeof kindOf({ id: 1, event_type: type }).title, "string");
    }
  }
  assertEquals(of("ACTION", { action_type: "x".repeat(1000) }).length <= 240, true);
});

Deno.test("causes are numbers of events", () => {
  assertEquals(causesOf({ id: 3, caused_by: [1, "2", -1, 2.5, 2] as unknown as number[] }), [1, 2]);
  assertEquals(causesOf({ id: 3, caused_by: "1" as unknown as number[] }), []);
});

Deno.test("property: whatever JSON a line has, it is told in a line", () => {
  const type = fc.constantFrom("ACTION", "ENV", "LLM", "LIFECYCLE", "VALIDITY", "DETAIL", "SYSTEM", "DECISION", "x");
  fc.assert(fc.property(type, fc.jsonValue(), fc.jsonValue(), (event_type, details, other) => {
    const event = { id: 1, event_type, details, description: other, caused_by: other } as unknown as RunEvent;
    assertEquals(typeof summaryOf(event), "string");
    assertEquals(Array.isArray(causesOf(event)), true);
    const odd = { id: 1, event_type: other, details: { reason: details, error: other, action_payload: other } };
    assertEquals(
      typeof summaryOf(odd as unknown as RunEvent) + typeof kindOf(odd as unknown as RunEvent).icon,
      "stringstring",
    );
  }));
});
