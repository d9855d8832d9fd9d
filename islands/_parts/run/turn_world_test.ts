import { assertEquals } from "../../../tests/support/assert.ts";
import type { AgentPositions, AgentTable } from "../../../runner/mod.ts";
import type { World } from "./page_state.ts";
import { ofThen, savedWorld, turnOf, turnWorld } from "./turn_world.ts";

const SAVED: World = {
  turn: 10,
  agents: { Ada: { gold: 1 }, Bo: { gold: 2 } },
  order: ["Ada", "Bo"],
  globals: { sun: true },
  populations: {},
  space: { agent_positions: { Ada: "0,0", Bo: "1,1" }, locations: { "0,0": { attributes: { food: 1 } } } },
  paused: [],
};
const MOVED: AgentPositions = { turn: 13, source: "moves", positions: { Ada: "0,1", Cy: "2,2" } };
const ROWS: AgentTable = {
  turn: 13,
  source: "rows",
  columns: ["gold"],
  agents: [["Ada", "trader", 5], ["Cy", null, 7]],
  total: 2,
};

Deno.test("what was recorded of a turn stands in the place of what was saved before it", () => {
  const { world, positions, variables } = turnWorld(SAVED, MOVED, ROWS);
  assertEquals([positions, variables, world.turn], [13, 13, 10]);
  assertEquals(world.agents, { Ada: { gold: 5 }, Cy: { gold: 7 } });
  assertEquals(world.order, ["Ada", "Cy"]);
  assertEquals(world.space, { ...SAVED.space, agent_positions: MOVED.positions });
});

Deno.test("what was not recorded stays as it was saved, and is told to be of then", () => {
  const still: AgentPositions = { turn: 10, source: "checkpoint", positions: { Ada: "0,0", Bo: "1,1" } };
  const table: AgentTable = { ...ROWS, turn: 10, source: "checkpoint" };
  assertEquals(turnWorld(SAVED, still, table), savedWorld(SAVED));
  const moved = turnWorld(SAVED, MOVED, table);
  assertEquals([moved.positions, moved.variables, moved.world.order], [13, 10, ["Ada", "Bo", "Cy"]]);
  const many = turnWorld(SAVED, still, { ...ROWS, total: 30_000 });
  assertEquals([many.variables, many.world.agents], [10, SAVED.agents]);
});

Deno.test("what is older than the turn is named", () => {
  const still: AgentPositions = { turn: 10, source: "checkpoint", positions: {} };
  const table: AgentTable = { ...ROWS, turn: 10, source: "checkpoint" };
  const told = (turn: number, ...world: Parameters<typeof turnWorld>) => ofThen(turn, turnWorld(...world));
  assertEquals(told(10, SAVED, still, table), "");
  assertEquals(told(13, SAVED, MOVED, ROWS), "; what places are: as it was saved at turn 10");
  assertEquals(told(13, SAVED, still, ROWS), "; where agents are, what places are: as it was saved at turn 10");
  assertEquals(told(13, SAVED, MOVED, table), "; what agents are, what places are: as it was saved at turn 10");
  assertEquals(told(13, SAVED, still, table), ", the last one before turn 13 that is known");
  assertEquals(turnOf(turnWorld(SAVED, still, ROWS)), 13);
});
