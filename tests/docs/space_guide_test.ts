import { loadScenario } from "../../framework/scenario/mod.ts";
import { assertEquals } from "../support/assert.ts";
import { runToEnd, withApp } from "../support/app.ts";

const guide = await Deno.readTextFile(new URL("../../docs/guide/space.md", import.meta.url));
const blocks = (language: string) =>
  [...guide.matchAll(new RegExp("```" + language + "\\n([\\s\\S]*?)```", "g"))].map(([, text]) => text!);

const rest = `
domain: forest
simulation: { name: forest, max_turns: 3 }
engine: { type: forest }
validator: { type: always_valid }
`;
const [section, topology] = blocks("yaml") as [string, string];

Deno.test("what 'Space' declares can be loaded", async () => {
  const network = `spatial:\n${topology.replace(/^/gm, "  ")}\nagents: [{ name: A, type: n, initial_location: mill }]`;
  for (const spatial of [section, network]) {
    const readFile = () => Promise.reject(new Error("no file is named"));
    const { issues } = await loadScenario({ text: rest + spatial, file: "guide.yaml", readFile });
    assertEquals(issues.map(({ code }) => code), ["default_variables"]);
  }
});

Deno.test("the agent and the engine of 'Space' play", async () => {
  const [agent, engine] = blocks("ts") as [string, string];
  const source = `${agent}\n${engine}
import { BaseValidator, defineDomain } from "llm-sim";
class AlwaysValidValidator extends BaseValidator {
  override validateAction() { return true; }
}
export default defineDomain({
  name: "forest", description: "", agents: [HunterAgent], engines: [ForestEngine], validators: [AlwaysValidValidator],
});`;
  await withApp({ sources: { forest: source } }, async (app) => {
    const text = rest + section + '  - { name: hare, type: hunter, count: 2, initial_location: "5,4" }\n';
    const run = await runToEnd(app, { text, file: "forest.yaml" });
    assertEquals(run.status, "completed", JSON.stringify(run.error));
    const { state } = (await app.state(run.run_id))!;
    const { agent_positions, locations } = state.spatial_state as unknown as {
      agent_positions: { [agent: string]: string };
      locations: { [location: string]: unknown };
    };
    assertEquals(Object.keys(agent_positions), ["fox", "hare_1", "hare_2"]);
    assertEquals(locations[agent_positions.fox!], { attributes: { food: 0 } });
  });
});
