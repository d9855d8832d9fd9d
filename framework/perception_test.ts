import { assertEquals } from "../tests/support/assert.ts";
import { Perception } from "./perception.ts";
import { loadGraphs, Space } from "./space/mod.ts";
import { AgentMap, SimulationState } from "./state.ts";

await loadGraphs();
const LINE = Space.create({
  topology: { type: "grid", width: 9, height: 1, connectivity: 4, wrapping: false },
  proximity_radius: null,
  location_attributes: {},
  additional_networks: [],
});

function stateWith(places: { readonly [agent: string]: string | null }, paused: readonly string[] = []) {
  const agents = AgentMap.of(Object.keys(places).map((name) => ({ name })));
  const space = Object.entries(places).reduceRight(
    (space, [name, place]) => place === null ? space : space.move(name, place),
    LINE,
  );
  const auto_resume = Object.fromEntries(paused.map((name) => [name, 2]));
  return new SimulationState({ turn: 1, agents, global_state: {}, space, paused_agents: paused, auto_resume });
}

Deno.test("Perception: who is near is seen in agent order, whoever was placed first", () => {
  const state = stateWith({ D: "2,0", A: "1,0", C: "5,0", B: "0,0" });
  const seen = new Perception(1, null).of(state, 2);
  assertEquals(["A", "B", "C"].map((name) => seen(name).agents.names()), [["D", "A", "B"], ["A", "B"], ["C"]]);
});

Deno.test("Perception: an agent without a place sees itself alone", () => {
  const seen = new Perception(1, null).of(stateWith({ A: null, B: "0,0", C: null }), 2)("A");
  assertEquals([seen.agents.names(), seen.space!.locations()], [["A"], []]);
});

Deno.test("Perception: of pauses those of who is near are seen", () => {
  const state = stateWith({ C: "0,0", A: "1,0", B: "8,0", D: "1,0" }, ["A", "B", "C"]);
  const { paused_agents, auto_resume } = new Perception(1, null).of(state, 2)("D");
  assertEquals([paused_agents, auto_resume], [["A", "C"], { A: 2, C: 2 }]);
});
