import type { JsonObject } from "../../framework/mod.ts";
import { assertEquals } from "../../tests/support/assert.ts";
import { exampleRun } from "./example_run.ts";
import { finalPopulations, finalState, MAX_MARKS, runSeconds, summarizeEvents } from "./run.ts";

Deno.test("summarizeEvents: counts by type, most frequent first, and keeps the last ones in order", async () => {
  async function* stream() {
    for (let id = 1; id <= 1000; id++) yield await Promise.resolve({ id, event_type: id % 10 ? "ACTION" : "ENV" });
  }
  const summary = await summarizeEvents(stream(), 3);
  assertEquals(summary.total, 1000);
  assertEquals(Object.entries(summary.counts), [["ACTION", 900], ["ENV", 100]]);
  assertEquals(summary.last.map((event) => event.id), [998, 999, 1000]);
});

Deno.test("summarizeEvents: interventions become marks, not more than can be drawn", async () => {
  const events = Array.from(
    { length: 50 },
    (_, i) => ({ event_type: "INTERVENTION", turn_number: i, description: `#${i}` }),
  );
  const { marks } = await summarizeEvents(events);
  assertEquals(marks.length, MAX_MARKS);
  assertEquals(marks[1], { turn: 1, label: "#1" });
});

Deno.test("summarizeEvents: an intervention without description is called by its note, else by what it did; refused ones are no marks", async () => {
  const event = (details: JsonObject) => ({ event_type: "INTERVENTION", turn_number: 1, details });
  const { marks } = await summarizeEvents([
    event({ note: "stimulus", set: { "global.rate": 0.02 } }),
    event({ set: { "global.rate": 0.02, "agents.A.mood": "calm" } }),
    event({ add: { "global.rate": 1 }, multiply: { "global.rate": 2 } }),
    event({ message: { to: "*", content: 1 }, add_agent: { name: "X", type: "t" }, remove_agent: "A" }),
    event({ set: { "global.rate": 9 }, applied: false, reason: "above max" }),
    event({ seq: 1 }),
  ]);
  assertEquals(marks.map((mark) => mark.label), [
    "stimulus",
    'global.rate = 0.02, agents.A.mood = "calm"',
    "global.rate + 1, global.rate × 2",
    "a message, X joins, A leaves",
    "intervention",
  ]);
});

Deno.test("summarizeEvents: none", async () => {
  assertEquals(await summarizeEvents([]), { total: 0, counts: {}, last: [], marks: [] });
});

Deno.test("runSeconds: the time in state running, without pauses", async () => {
  assertEquals(runSeconds((await exampleRun()).manifest), 15);
});

Deno.test("runSeconds: without history the time from start to end, without start nothing", async () => {
  const { manifest } = await exampleRun({ manifest: { history: [] } });
  assertEquals(runSeconds(manifest), 25);
  const { started_at: _, ...unstarted } = manifest;
  assertEquals(runSeconds(unstarted), null);
});

Deno.test("finalPopulations: names and sizes from the result; none without one", async () => {
  const run = await exampleRun({ agents: ["a"], turns: 2 });
  assertEquals(finalPopulations({ ...run, result: null }), []);
  const populations = { crowd: { rows: 12, next_id: 20 } };
  const result = { final_state: { agents: {}, global_state: {}, populations } };
  assertEquals(finalPopulations({ ...run, result }), [["crowd", 12]]);
});

Deno.test("finalState: from the result, agents in the order of their rows", async () => {
  const run = await exampleRun({ agents: ["b", "10", "a"], turns: 2 });
  const result = {
    final_state: { agents: { 10: { wealth: 1 }, a: { wealth: 2 }, b: { wealth: 3 }, new: {} }, global_state: { x: 1 } },
  };
  const state = finalState({ ...run, result });
  assertEquals(state.agents.map((agent) => agent.name), ["b", "10", "a", "new"]);
  assertEquals(state.global, { x: 1 });
});

Deno.test("finalState: without a result the last rows", async () => {
  const run = await exampleRun({ turns: 2 });
  const state = finalState({ ...run, result: null });
  assertEquals(state.agents.map((agent) => agent.name), ["Atlantia", "Borealis", "Cascadia"]);
  assertEquals(state.global.oil_price, 80);
  assertEquals("turn" in state.global, false);
});
