import { assertEquals } from "../tests/support/assert.ts";
import { MemberLayout } from "./member_columns.ts";
import { createMembers, PopulationMap } from "./members.ts";
import { globalRow, SampleRows } from "./rows.ts";
import { AgentMap, SimulationState } from "./state.ts";
import { VariableLayout } from "./variables.ts";

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

Deno.test("SampleRows keeps who is in the sample; others take the place of those who have gone", () => {
  const rows = new SampleRows([{ name: "crowd", size: 6 }], 4, 1);
  const before = agentsIn(rows.encode(stateOf(populationOf(6))));
  assertEquals(before.length, 4);
  // Of the members 0 to 5 two in the sample die; five are born.
  const gone = before.slice(0, 2).map((name) => Number(name.slice(6)) - 1);
  const later = populationOf(6).update("crowd", (next) => {
    next.keep(Uint8Array.from({ length: 6 }, (_, id) => gone.includes(id) ? 0 : 1));
    next.append(5);
  });
  const after = agentsIn(rows.encode(stateOf(later)));
  assertEquals(before.slice(2).filter((name) => !after.includes(name)), []);
  assertEquals(after.length, 4);
  // A run that is resumed here has seen nobody before.
  assertEquals(agentsIn(new SampleRows([{ name: "crowd", size: 6 }], 4, 1).encode(stateOf(later))), after);
});

Deno.test("SampleRows never runs dry, whichever seed a fork has", () => {
  const rows = new SampleRows([{ name: "crowd", size: 3 }], 2, 1);
  let populations = populationOf(3);
  for (let turn = 0; turn < 20; turn++) {
    populations = populations.update("crowd", (next) => {
      next.keep(Uint8Array.from({ length: next.size }, (_, i) => i === 0 ? 0 : 1));
      next.append(1);
    });
    const sample = agentsIn(rows.encode(stateOf(populations)));
    assertEquals(sample.length, 2);
    const fork = new SampleRows([{ name: "crowd", size: 3 }], 2, 7 + turn);
    assertEquals(agentsIn(fork.encode(stateOf(populations))).length, 2);
  }
  assertEquals(new SampleRows([{ name: "crowd", size: 3 }], 5, 1).encode(stateOf(populations)).split("\n").length, 4);
  assertEquals(new SampleRows([{ name: "crowd", size: 3 }], 0, 1).encode(stateOf(populations)), "");
});

Deno.test("globalRow() holds what is recorded, documents are not", () => {
  const global_state = { rate: 0.5, document: { long: "text" } };
  const state = new SimulationState({ turn: 2, agents: AgentMap.of([]), global_state });
  const layout = new VariableLayout({ rate: { type: "float", default: 0 }, document: { type: "json" } });
  assertEquals(globalRow(state, { gini: 0.25 }, layout.recordedNames), '{"turn":2,"rate":0.5,"metric.gini":0.25}\n');
});
