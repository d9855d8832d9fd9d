import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { TOOLS } from "../../server/mcp/server.ts";
import { posted } from "../support/server.ts";
import { ERAS, type TestClient, withMcp } from "./clients.ts";

/** Agents in a state of which not all fits. */
const CROWD = 3000;

const quick = (turns: number, more = "") => `
domain: economic
simulation: { name: quick, max_turns: ${turns}, checkpoint_interval: 5 }
engine: { type: economic, interest_rate: 0.05 }
validator: { type: always_valid }
agents:
  - { name: A, type: nation, strategy: grow, initial_economic_strength: 1000 }
  - { name: B, type: nation, strategy: maintain, initial_economic_strength: 800 }
${more}`;

/** Goes on for as long as it is let. */
const endless = quick(1_000_000);

const played = async (client: TestClient, scenario: string, more: Record<string, unknown> = {}): Promise<string> => {
  const { run_id } = await client.value("start_simulation", { scenario, ...more });
  const { ended } = await client.value("wait_for_simulation", { run_id });
  assertTrue(ended);
  return run_id;
};

for (const era of ERAS) {
  Deno.test(`every tool says what it takes, gives and does (${era})`, () =>
    withMcp(era, {}, async ({ client }) => {
      const { tools } = await client.listTools();
      assertEquals(tools.map(({ name }) => name), TOOLS.map(({ name }) => name));
      for (const { name, title, description, inputSchema, outputSchema, annotations } of tools) {
        assertTrue(title && description && outputSchema, name);
        assertEquals(inputSchema.additionalProperties, false, name);
        assertEquals(typeof annotations?.readOnlyHint, "boolean", name);
      }
      const changing = tools.filter(({ annotations }) => annotations!.readOnlyHint === false).map(({ name }) => name);
      assertEquals(changing, TOOLS.filter(({ scope }) => scope !== "read").map(({ name }) => name));
    }));

  Deno.test(`a simulation is started, paused, advanced, resumed, cancelled (${era})`, () =>
    withMcp(era, {}, async (client) => {
      const { run_id } = await client.value("start_simulation", {
        scenario: endless,
        mode: "step",
        labels: { purpose: "test" },
        seed: 7,
      });
      const first = await client.value("wait_for_simulation", { run_id });
      assertEquals([first.status, first.turn, first.ended, first.timed_out], ["paused", 1, false, false]);
      const advanced = await client.value("advance_simulation", { run_id, turns: 3 });
      assertEquals([advanced.status, advanced.turn, advanced.played], ["paused", 4, 3]);
      const { turn } = await client.value("intervene", {
        run_id,
        intervention: { set: { "agents.A.economic_strength": 1e9 } },
      });
      assertEquals(turn, 5);
      assertEquals((await client.value("resume_simulation", { run_id })).status, "queued");
      const { timed_out, status } = await client.value("wait_for_simulation", { run_id, timeout_seconds: 0.2 });
      assertEquals([timed_out, status], [true, "running"]);
      assertEquals((await client.value("pause_simulation", { run_id })).status, "paused");
      const { global_state, agents } = await client.value("get_simulation_status", { run_id });
      assertEquals([agents.A.economic_strength >= 1e9, Object.keys(agents)], [true, ["A", "B"]]);
      assertTrue(global_state.total_economic_value >= 1e9);
      assertEquals(await client.value("cancel_simulation", { run_id }), { success: true, run_id, status: "cancelled" });

      assertMatches(await client.error("cancel_simulation", { run_id }), /^not_running: .*cancelled\nnext: /);
      for (const tool of ["pause_simulation", "resume_simulation", "advance_simulation"]) {
        assertMatches(
          await client.error(tool, { run_id }),
          /^bad_transition: .* is cancelled[^]*\nnext: .*fork_simulation/,
        );
      }
      const intervention = { set: { "global.interest_rate": 1 } };
      assertMatches(await client.error("intervene", { run_id, intervention }), /^bad_transition/);
      const { simulations } = await client.value("list_simulations", { label: "purpose=test" });
      assertEquals(simulations.map((row: { run_id: string; status: string }) => [row.run_id, row.status]), [[
        run_id,
        "cancelled",
      ]]);
    }));
}

for (const era of ERAS) {
  Deno.test(`a start takes llm_mode and a name, under which it happens once (${era})`, () =>
    withMcp(era, {}, async (client, { app, fetch }) => {
      const models = { repo: "economic", config: "llm_economic.yaml", mode: "step", llm_mode: "offline" };
      const named = { ...models, idempotency_key: "monday-1" };
      const { run_id } = await client.value("start_simulation", named);
      assertMatches((await app.wait(run_id)).models.join(), /offline/);
      assertEquals((await client.value("start_simulation", named)).run_id, run_id);
      // Names are the caller's, whichever door it takes.
      const again = await fetch("/api/simulations", posted(models, { "idempotency-key": "monday-1" }));
      assertEquals((await again.json()).run_id, run_id);
      assertMatches(
        await client.error("start_simulation", { ...named, seed: 4 }),
        /^idempotency_conflict: something else has been asked for under the key 'monday-1'\n/,
      );
      assertMatches(await client.error("start_simulation", { ...named, idempotency_key: "a b" }), /idempotency_key/);
      assertMatches(await client.error("start_simulation", { ...named, llm_mode: "online" }), /llm_mode/);
    }));
}

Deno.test("results, states of earlier turns, forks", () =>
  withMcp("modern", {}, async (client) => {
    const run_id = await played(client, quick(12));
    const results = await client.call("get_simulation_results", { run_id });
    assertEquals(results.value.summary_stats.final_turn, 12);
    assertEquals(results.links[0], `simulation://${run_id}/results`);
    assertMatches(results.text, /completed at turn 12 of 12[^]*A: .*economic_strength/);
    const at5 = await client.value("get_simulation_status", { run_id, turn: 5 });
    assertEquals([at5.state_turn, Object.keys(at5.agents)], [5, ["A", "B"]]);
    const at7 = await client.value("get_simulation_status", { run_id, turn: 7 });
    assertEquals([at7.state_turn, at7.agents], [7, {}]);
    assertTrue(at7.global_state.total_economic_value > at5.global_state.total_economic_value);
    assertMatches(await client.error("get_simulation_status", { run_id, turn: 99 }), /^no_such_turn: .*turn 99/);

    const forked = await client.value("fork_simulation", {
      run_id,
      turn: 6,
      state: { "agents.A.economic_strength": 1e6 },
    });
    assertEquals([forked.parent, forked.turn], [run_id, 6]);
    await client.value("wait_for_simulation", { run_id: forked.run_id });
    const other = await client.value("get_simulation_results", { run_id: forked.run_id });
    assertTrue(
      other.final_state.global_state.total_economic_value > results.value.final_state.global_state.total_economic_value,
    );
    assertMatches(await client.error("fork_simulation", { run_id, turn: 50 }), /^bad_turn: .*turn 50/);
    assertMatches(
      await client.error("fork_simulation", { run_id, turn: 5, set: { "simulation.name": "x" } }),
      /^changes_the_past[^]*next: /,
    );
  }));

Deno.test("unknown simulations and wrong arguments are errors that say what to do", () =>
  withMcp("modern", {}, async (client) => {
    for (const { name, input } of TOOLS) {
      if (!("run_id" in input.shape)) continue;
      const args: Record<string, unknown> = { run_id: "nobody_1agents_20990101_000000_01" };
      if ("agent" in input.shape) Object.assign(args, { agent: "A", decision: null });
      if ("intervention" in input.shape) args.intervention = { set: { "global.interest_rate": 1 } };
      if (name === "fork_simulation") args.turn = 1;
      assertMatches(await client.error(name, args), /^unknown_run: .*\nnext: list_simulations/);
      assertMatches(await client.error(name, { ...args, run: "x" }), /run/);
      assertMatches(await client.error(name, {}), /run_id/);
    }
    assertMatches(await client.error("list_simulations", { limit: 1000 }), /limit/);
    assertMatches(await client.error("list_simulations", { cursor: "nonsense" }), /^bad_cursor/);
    assertMatches(
      await client.error("list_scenarios", { repo: "economics" }),
      /^unknown_domain: .*did you mean 'economic'/s,
    );
    assertMatches(await client.error("start_simulation", {}), /^no_scenario/);
    assertMatches(
      await client.error("start_simulation", { repo: "economic", config: "../../deno.json" }),
      /^bad_config_path/,
    );
    assertMatches(
      await client.error("start_simulation", { repo: "economic", config: "none.yaml" }),
      /^missing_file[^]*next: list_scenarios/,
    );
    assertMatches(
      await client.error("start_simulation", { scenario: quick(3), set: { "engine.intrest_rate": 1 } }),
      /intrest_rate[^]*did you mean 'interest_rate'/,
    );
    const run_id = (await client.value("start_simulation", { scenario: endless })).run_id;
    assertMatches(await client.error("get_simulation_results", { run_id }), /^no_results[^]*next: wait_for_simulation/);
    await client.value("cancel_simulation", { run_id });
  }));

Deno.test("a person's agent is decided for", () =>
  withMcp("modern", {}, async (client) => {
    const scenario = quick(
      2,
      "  - { name: P, type: human, initial_economic_strength: 500, config: { deadline: null } }\n",
    );
    const { run_id } = await client.value("start_simulation", { scenario });
    const { waiting, status, timed_out } = await client.value("wait_for_simulation", { run_id });
    assertEquals([waiting.length, waiting[0].agent, waiting[0].turn, status, timed_out], [1, "P", 1, "running", false]);
    assertTrue(waiting[0].observation.global_state);
    assertEquals((await client.value("get_simulation_status", { run_id })).waiting[0].agent, "P");
    assertMatches(
      await client.error("decide", { run_id, agent: "P", turn: 9, decision: null }),
      /^not_asked: .*turn 1 now/,
    );
    assertMatches(await client.error("decide", { run_id, agent: "P", decision: { act: "x" } }), /^bad_decision/);
    assertMatches(await client.error("decide", { run_id, agent: "Q", decision: null }), /^(unknown_agent|not_asked)/);
    const decided = await client.value("decide", { run_id, agent: "P", turn: 1, decision: null });
    assertEquals(decided, { run_id, agent: "P", turn: 1 });
    await client.value("wait_for_simulation", { run_id });
    await client.value("decide", { run_id, agent: "P", decision: null });
    assertEquals((await client.value("wait_for_simulation", { run_id })).status, "completed");
  }));

Deno.test("waiting tells its progress, and ends when the client does not want it any more", () =>
  withMcp("modern", {}, async (client, { app }) => {
    const { run_id } = await client.value("start_simulation", { scenario: quick(400) });
    const progress: number[] = [];
    await client.call("wait_for_simulation", { run_id }, {
      onprogress: ({ progress: turn }) => void progress.push(turn),
    });
    assertTrue(progress.length >= 2, `${progress}`);
    assertEquals(progress, progress.toSorted((a, b) => a - b));
    assertEquals(new Set(progress).size, progress.length);

    const long = (await client.value("start_simulation", { scenario: endless })).run_id;
    const leave = new AbortController();
    const waiting = client.call("wait_for_simulation", { run_id: long, timeout_seconds: 600 }, {
      signal: leave.signal,
      onprogress: () => leave.abort(),
    });
    let failed = "";
    await waiting.catch((error) => failed = String(error));
    assertMatches(failed, /abort/i);
    // What was waited for goes on.
    assertEquals((await app.status(long)).status, "running");
    await app.cancel(long);
  }));

Deno.test("answers stay below 50 kB and say where the rest is", () =>
  withMcp("modern", {}, async (client) => {
    const crowd = quick(
      1,
      `  - { name: trader, type: nation, strategy: maintain, count: ${CROWD}, initial_economic_strength: 100 }\n`,
    );
    const run_id = await played(client, crowd);
    const status = await client.call("get_simulation_status", { run_id });
    const results = await client.call("get_simulation_results", { run_id });
    for (const { bytes, value, text, links } of [status, results]) {
      assertTrue(bytes < 50_000, `${bytes}`);
      assertTrue(bytes > 20_000, `${bytes}`);
      assertMatches(value.omitted.join(), /agents: [\d,]+ of 3,002/);
      assertMatches(text, /left out: .*agents/);
      assertTrue(links.includes(`simulation://${run_id}/results`));
    }
    const all = JSON.parse(await client.read(`simulation://${run_id}/results`));
    assertEquals(Object.keys(all.final_state.agents).length, CROWD + 2);
    for (let i = 0; i < 3; i++) await played(client, quick(1));
    const page = await client.value("list_simulations", { limit: 3 });
    assertEquals(page.simulations.length, 3);
    const rest = await client.value("list_simulations", { limit: 3, cursor: page.next_cursor });
    assertEquals([rest.simulations.length, rest.next_cursor], [1, null]);
  }));

/** A domain whose folder is the test's own. */
const OWN = `
import { BaseAgent, BaseEngine, BaseValidator, defineDomain } from "llm-sim";
class QuietAgent extends BaseAgent { decideAction() { return []; } }
class StillEngine extends BaseEngine { applyActions(state) { return state; } applyEngineRules(state) { return state; } }
class AnyValidator extends BaseValidator { validateAction() { return true; } }
export default defineDomain({
  name: "own", description: "Nothing happens.", agents: [QuietAgent], engines: [StillEngine], validators: [AnyValidator],
});
`;

Deno.test("scenarios are checked and written, only where scenarios are", () =>
  withMcp("modern", { sources: { own: OWN } }, async (client, { folder }) => {
    const scenario = "domain: own\nsimulation: { name: mine, max_turns: 1 }\nengine: { type: still }\n" +
      "validator: { type: any }\nagents: [{ name: A, type: quiet }]\n" +
      "state_variables: { agent_vars: { x: { type: float, default: 0 } }, global_vars: {} }\n";
    const valid = await client.value("validate_scenario", { scenario });
    assertEquals([valid.valid, valid.agents], [true, ["A"]], JSON.stringify(valid));
    const wrong = await client.value("validate_scenario", { scenario: scenario.replace("type: still", "type: stil") });
    assertEquals([wrong.valid, wrong.issues[0].severity], [false, "error"]);
    assertEquals((await client.value("validate_scenario", { repo: "economic", config: "growth.yaml" })).valid, true);
    assertMatches(await client.error("validate_scenario", { repo: "economic" }), /^no_scenario/);

    const write = (config: string, more: Record<string, unknown> = {}) => ({ repo: "own", config, scenario, ...more });
    const { config, uri, created } = await client.value("write_scenario", write("mine.yaml"));
    assertEquals([config, uri, created], ["scenarios/mine.yaml", "scenario://own/scenarios/mine.yaml", true]);
    assertEquals(await Deno.readTextFile(`${folder}/domains/own/scenarios/mine.yaml`), scenario);
    assertEquals(await client.read(uri), scenario);
    assertMatches(await client.error("write_scenario", write("mine.yaml")), /^scenario_exists[^]*next: .*overwrite/);
    const changed = scenario.replace("max_turns: 1", "max_turns: 2");
    const again = await client.value("write_scenario", write(config, { scenario: changed, overwrite: true }));
    assertEquals([again.created, await client.read(uri)], [false, changed]);
    await played(client, changed);
    const { run_id } = await client.value("start_simulation", { repo: "own", config });
    assertEquals((await client.value("wait_for_simulation", { run_id })).turn, 2);

    const outside = [
      "../x.yaml",
      "/tmp/x.yaml",
      "scenarios/../../x.yaml",
      "a/b.yaml",
      ".x.yaml",
      "x.txt",
      "x\0.yaml",
      "..%2fx.yaml",
      "x",
    ];
    for (const name of outside) assertMatches(await client.error("write_scenario", write(name)), /^bad_config_path/);
    assertMatches(await client.error("write_scenario", { ...write("x.yaml"), repo: "nobody" }), /^unknown_domain/);
    assertMatches(await client.error("write_scenario", { ...write("x.yaml"), repo: "economic" }), /^other_domain/);
    assertMatches(await client.error("write_scenario", write("x.yaml", { scenario: "domain: own\n" })), /error/);
    // A link to elsewhere is neither followed nor replaced.
    await Deno.writeTextFile(`${folder}/secret`, "secret");
    await Deno.symlink(`${folder}/secret`, `${folder}/domains/own/scenarios/link.yaml`);
    assertMatches(await client.error("write_scenario", write("link.yaml", { overwrite: true })), /^bad_config_path/);
    assertEquals(await Deno.readTextFile(`${folder}/secret`), "secret");
    assertEquals([...Deno.readDirSync(`${folder}/domains/own/scenarios`)].map(({ name }) => name).sort(), [
      "link.yaml",
      "mine.yaml",
    ]);
  }));
