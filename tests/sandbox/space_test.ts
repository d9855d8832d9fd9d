/** Space in a real sandbox: its packages are loaded where chance is refused, and domains cannot reach them. */

import { assertEquals, assertMatches, assertRejects } from "../support/assert.ts";
import { runToEnd, withApp } from "../support/app.ts";
import { scenarioText } from "./scenario.ts";

const WALKERS = `
import { BaseAgent, BaseEngine, BaseValidator, defineDomain } from "llm-sim";

class WalkerAgent extends BaseAgent {
  decideAction({ space }) {
    const path = space.path(space.position(this.name), "2,2");
    return path.length > 1 ? this.act("walk", { to: path[1] }) : null;
  }
}
class StreetEngine extends BaseEngine {
  applyActions(state, actions) {
    const moves = actions.map(({ agent_name, parameters }) => ({ kind: "move", agent: agent_name, to: parameters.to }));
    const mud = { kind: "connect", from: "1,0", to: "2,0", attributes: { weight: 5 } };
    return state.with({ space: state.space.apply([...moves, mud]) });
  }
}
class AlwaysValidValidator extends BaseValidator {
  validateAction() { return true; }
}
export default defineDomain({
  name: "walkers", description: "", agents: [WalkerAgent], engines: [StreetEngine], validators: [AlwaysValidValidator],
});
`;

const spatial = {
  topology: { type: "grid", width: 3, height: 3 },
  additional_networks: [{ name: "ferry", edges: [["0,2", "2,2"]] }],
};

function spatialText(domain: string, turns: number): string {
  const agents = [{ type: "walker", initial_location: "0,0" }, { type: "walker", initial_location: "1,0" }];
  const text = scenarioText({ domain, turns, agents, engine: { type: "street" } });
  return JSON.stringify({ ...JSON.parse(text), spatial });
}

Deno.test("agents find cheapest ways and engines move them, with the packages loaded in the sandbox", async () => {
  await withApp({ sources: { walkers: WALKERS } }, async (app) => {
    const run = await runToEnd(app, { text: spatialText("walkers", 4), file: "walkers.yaml" });
    assertEquals(run.status, "completed", JSON.stringify(run.error));
    const { state } = (await app.state(run.run_id))!;
    const { agent_positions, locations, networks, removed_networks } = JSON.parse(JSON.stringify(state.spatial_state));
    assertEquals(agent_positions, { A: "2,2", B: "2,2" });
    assertEquals([locations, removed_networks, Object.keys(networks)], [{}, [], ["default"]]);
  });
});

Deno.test("a domain checks a scenario with space before it is run", async () => {
  await withApp({ sources: { walkers: WALKERS } }, async (app) => {
    const { issues } = await app.validate({ text: spatialText("walkers", 1), file: "walkers.yaml" });
    assertEquals(issues, []);
  });
});

Deno.test("a domain cannot import the packages itself", async () => {
  const source = `import { UndirectedGraph } from "graphology"; export default UndirectedGraph;`;
  await withApp({ sources: { prying: source } }, async (app) => {
    const text = spatialText("prying", 1);
    const error = await assertRejects(() => app.validate({ text, file: "prying.yaml" }));
    assertMatches(error.message, /"graphology" not a dependency/);
  });
});
