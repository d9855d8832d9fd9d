import { openApp } from "../../runner/mod.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";

const guide = await Deno.readTextFile(new URL("../../docs/guide/domains.md", import.meta.url));
const block = (language: string) => new RegExp("```" + language + "\\n([\\s\\S]*?)```").exec(guide)![1]!;

Deno.test("the steps of 'Create a domain' lead from an empty folder outside the repository to a completed run", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/my-domain/scenarios`, { recursive: true });
    await Deno.writeTextFile(`${folder}/my-domain/mod.ts`, block("ts"));
    await Deno.writeTextFile(`${folder}/my-domain/scenarios/gifts.yaml`, block("yaml"));
    await Deno.writeTextFile(`${folder}/llm-sim.yaml`, "simulation_repos: [{ name: gifts, path: my-domain }]\n");
    const app = await openApp({ config: `${folder}/llm-sim.yaml`, output: `${folder}/output` });
    try {
      const description = await app.describeDomain("gifts");
      assertEquals(description.agents.map((agent) => agent.type), ["donor"]);
      assertEquals(description.engines.map((engine) => engine.type), ["gift"]);
      assertEquals(description.validators.map((validator) => validator.type), ["solvent"]);
      const { run_id } = await app.start({ file: `${folder}/my-domain/scenarios/gifts.yaml` });
      const end = await app.wait(run_id);
      assertEquals([end.status, end.turn], ["completed", 50]);
      const { state } = (await app.state(run_id))!;
      const total = Object.values(state.agents).reduce((sum, agent) => sum + agent.wealth, 0);
      assertTrue(Math.abs(total - 2000) < 1e-6, `gifts neither make nor destroy wealth: ${total}`);
      assertTrue((await app.replay(run_id)).identical);
    } finally {
      await app.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the README's scenario is valid", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const app = await openApp({ output: "does-not-exist" });
  try {
    const { issues, config } = await app.validate({ text: /```yaml\n([\s\S]*?)```/.exec(readme)![1]! });
    assertEquals(issues.filter((issue) => issue.severity === "error"), []);
    assertEquals(config?.simulation.name, "two_nations");
  } finally {
    await app.close();
  }
});
