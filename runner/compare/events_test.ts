import type { JsonObject } from "../../framework/mod.ts";
import { assertEquals } from "../../tests/support/assert.ts";
import { eventsOfTurn, MOST_EVENTS, turnDifference } from "./events.ts";

let id = 0;

/** An event with a number and time of its own, as every run has. */
function event(event_type: string, details: JsonObject, agent_id?: string): JsonObject {
  id++;
  return {
    id,
    event_id: `E${id}`,
    timestamp: `T${id}`,
    turn_number: 3,
    simulation_id: `run_${id}`,
    event_type,
    details,
    caused_by: [id - 1],
    ...(agent_id && { agent_id }),
  };
}

const act = (agent: string, action_payload: JsonObject, rest: JsonObject = {}) =>
  event("ACTION", { action_type: "set_policy", action_payload, validated: true, ...rest }, agent);

Deno.test("turnDifference: numbers, times and what is volatile make no difference", () => {
  const side = () => [event("ENV", { flood: true }), act("A", { rate: 1 }), {
    ...event("LLM", { purpose: "decide" }, "A"),
    volatile: { latency: id },
  }];
  assertEquals(turnDifference([side(), side(), side()]), { events: [], decisions: [], more: 0 });
});

Deno.test("turnDifference: events name the sides on which they happened", () => {
  const flood = () => event("ENV", { flood: true });
  const { events } = turnDifference([[flood()], [flood(), { ...event("INTERVENTION", {}), description: "stimulus" }], [
    flood(),
    flood(),
  ]]);
  assertEquals(events, [
    { type: "ENV", agent: null, what: '{"flood":true}', sides: [2] },
    { type: "INTERVENTION", agent: null, what: "stimulus", sides: [1] },
  ]);
});

Deno.test("turnDifference: of an agent's actions only what differs is told, and who did nothing", () => {
  const { decisions } = turnDifference([
    [act("A", { rate: 1, share: 0.2 }), act("B", { rate: 2 }), act("C", { rate: 3 })],
    [act("A", { rate: 1, share: 0.4 }), act("B", { rate: 2 }, { validated: false, reason: "too late" })],
  ]);
  assertEquals(decisions, [
    { agent: "A", values: ["set_policy, share 0.2", "set_policy, share 0.4"] },
    { agent: "B", values: ["set_policy", "set_policy, refused: too late"] },
    { agent: "C", values: ["set_policy, rate 3", null] },
  ]);
});

Deno.test("turnDifference: where actions are not recorded decisions are compared", () => {
  const decide = (action_name: string) => event("DECISION", { decision_type: "agent_action", action_name }, "A");
  assertEquals(turnDifference([[decide("wait")], [decide("sell")]]).decisions, [{
    agent: "A",
    values: ["wait", "sell"],
  }]);
});

Deno.test("turnDifference: fifty are told, the others counted", () => {
  const side = (rate: number) => Array.from({ length: 70 }, (_, i) => act(`agent_${i}`, { rate }));
  const { decisions, more } = turnDifference([side(1), side(2)]);
  assertEquals([decisions.length, more], [MOST_EVENTS, 20]);
});

Deno.test("eventsOfTurn: reads no further than the turn", async () => {
  let read = 0;
  const rows = async function* () {
    for (let turn = 0; turn < 1000; turn++) {
      read++;
      yield await Promise.resolve({ turn_number: turn, event_type: "ENV" });
    }
  };
  assertEquals((await eventsOfTurn(rows(), 3)).length, 1);
  assertEquals(read, 5);
});
