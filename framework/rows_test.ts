import { assertEquals } from "../tests/support/assert.ts";
import { MemberLayout } from "./member_columns.ts";
import { createMembers, PopulationMap } from "./members.ts";
import { SampleRows } from "./rows.ts";
import { AgentMap, SimulationState } from "./state.ts";

const LAYOUT = new MemberLayout({
  wealth: { type: "float", default: 1.5 },
  ill: { type: "bool", default: false },
  mood: { type: "categorical", values: ["calm", "angry"], default: "angry" },
});

function stateOf(populations: PopulationMap, turn = 3): SimulationState {
  return new SimulationState({ turn, agents: AgentMap.of([]), global_state: {}, populations });
}

const populationOf = (size: number) => PopulationMap.of([createMembers("crowd", LAYOUT, size)]);
const agentsIn = (text: string) => text.split("\n").slice(0, -1).map((line) => JSON.parse(line).agent);

Deno.test("SampleRows writes a row per sampled member, with its values and not its codes", () => {
  const rows = new SampleRows([{ name: "crowd", size: 1 }], 5, 1);
  assertEquals(
    rows.encode(stateOf(populationOf(1))),
    '{"turn":3,"agent":"crowd_1","wealth":1.5,"ill":false,"mood":"angry"}\n',
  );
});

Deno.test("SampleRows chooses the same members all through a run, another few with another seed", () => {
  const sample = (seed: number, turn = 3) =>
    agentsIn(new SampleRows([{ name: "crowd", size: 1000 }], 4, seed).encode(stateOf(populationOf(1000), turn)));
  assertEquals(sample(1).length, 4);
  assertEquals(sample(1, 4), sample(1));
  assertEquals(sample(1).toSorted((a, b) => Number(a.slice(6)) - Number(b.slice(6))), sample(1));
  assertEquals(sample(2).every((name) => sample(1).includes(name)), false);
});

Deno.test("SampleRows leaves out members that are gone, and nobody takes their place", () => {
  const rows = new SampleRows([{ name: "crowd", size: 6 }], 6, 1);
  const later = populationOf(6).update("crowd", (next) => {
    next.keep([1, 0, 1, 0, 1, 0]);
    next.append(3);
  });
  assertEquals(agentsIn(rows.encode(stateOf(later))), ["crowd_1", "crowd_3", "crowd_5"]);
  assertEquals(new SampleRows([{ name: "crowd", size: 6 }], 0, 1).encode(stateOf(later)), "");
});
