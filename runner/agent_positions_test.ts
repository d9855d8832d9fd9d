import { society, world } from "../tests/durability/world.ts";
import { runToEnd, withApp } from "../tests/support/app.ts";
import { assertEquals, assertRejects, assertTrue } from "../tests/support/assert.ts";

const TURNS = 16;
/** Who comes and who goes, beside those who wander. */
const LIVES = `interventions:
  - { at: 3, add_agent: { name: Dee, type: wanderer, location: "0,0" } }
  - { at: 9, remove_agent: Ben }`;

function text(interval: number, verbosity: string): string {
  return society({ turns: TURNS, pause: 0, interval })
    .replace(/interventions:\n( {2}- .*\n)+/, `${LIVES}\n`)
    .replace("verbosity: STATE", `verbosity: ${verbosity}`);
}

Deno.test("agents are where they were at every turn, whatever was saved", async () => {
  await withApp({ fixtures: ["society"] }, async (app) => {
    const saved = await runToEnd(app, { text: text(1, "STATE") });
    const moves = await runToEnd(app, { text: text(100, "STATE") });
    const little = await runToEnd(app, { text: text(100, "ACTION") });
    const places: string[] = [];
    for (let turn = 0; turn <= TURNS; turn++) {
      const { state } = await app.checkpoint(saved.run_id, turn);
      const { agent_positions } = state.spatial_state as unknown as { agent_positions: Record<string, string> };
      places.push(JSON.stringify(agent_positions));
      const found = await app.positions(moves.run_id, turn);
      assertEquals([found.turn, { ...found.positions }], [turn, agent_positions], `turn ${turn}`);
      const before = await app.positions(little.run_id, turn);
      assertEquals(before.turn, turn === TURNS ? TURNS : 0);
    }
    assertTrue(new Set(places).size > TURNS / 2, "they move");
    assertEquals((await app.positions(moves.run_id, 5)).source, "moves");
    assertEquals((await app.positions(moves.run_id, 999)).turn, TURNS);
    await assertRejects(() => app.positions("no_such_run", 1), "unknown_run");
  });
});

Deno.test("where there is no space nobody is anywhere", async () => {
  await withApp({ fixtures: ["slow_writer"] }, async (app) => {
    const { run_id } = await runToEnd(app, { text: world({ turns: 3, pause: 0, interval: 100 }) });
    assertEquals((await app.positions(run_id, 2)).positions, {});
  });
});
