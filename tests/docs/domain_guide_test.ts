import { openApp } from "../../runner/mod.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { follow, output, page, run, withWorld, writeFiles } from "./guide.ts";

const domains = await page("guide/domains.md");
const agents = await page("guide/agents.md");
const people = await page("guide/people.md");
const sameness = await page("guide/sameness.md");

Deno.test("the steps of 'Create a domain' lead from an empty folder outside the repository to a completed run", () =>
  withWorld(async (folder) => {
    const ran = await follow(domains, folder);
    assertMatches(output(ran, "run scenarios/gifts.yaml"), /^completed in turn 50: max_turns/);
    assertMatches(output(ran, "replay last"), /\nidentical\n/);
    assertMatches(ran.at(-1)!.stderr, /share/);
    const app = await openApp({ config: `${folder}/llm-sim.yaml`, output: `${folder}/output` });
    try {
      const { runs } = await app.list();
      assertEquals(runs.map(({ status, turn }) => [status, turn]), [["completed", 50], ["completed", 50]]);
      for (const { run_id } of runs) {
        const { state } = (await app.state(run_id))!;
        const total = Object.values(state.agents).reduce((sum, agent) => sum + Number(agent.wealth), 0);
        assertTrue(Math.abs(total - 2000) < 1e-6, `gifts neither make nor destroy wealth: ${total}`);
      }
    } finally {
      await app.close();
    }
  }));

Deno.test("what 'What agents can do' shows is what happens", () =>
  withWorld(async (folder) => {
    await writeFiles(domains, folder);
    await writeFiles(agents, folder);
    const ran = await follow(agents, folder);
    assertMatches(output(ran, "run scenarios/gossip.yaml"), /know .* 0 → 23\n/);
    assertMatches(output(ran, "grep -h LIFECYCLE"), /"operation":"add_agent"/);
    assertMatches(output(ran, "run scenarios/walk.yaml"), /^completed in turn 20/);
    const begged = output(ran, `grep -h "some bread"`);
    assertTrue(begged.includes('"to":"gossip_') && !begged.includes('"to":"miser"'), begged);
    assertMatches(output(ran, "run scenarios/crowd.yaml"), /richest .* 5 → \d\d\n/);
    const interventions = output(ran, "grep -h INTERVENTION");
    for (const note of ["honey from a neighbour", "a thief", "sum\\(food\\) > 40", "rain"]) {
      assertMatches(interventions, new RegExp(note));
    }
    assertTrue(!interventions.includes('"applied":false'), interventions);
  }));

Deno.test("what 'People' shows is what happens", () =>
  withWorld(async (folder) => {
    await writeFiles(domains, folder);
    const ran = await follow(people, folder);
    assertMatches(output(ran, "printf 'give to=person_1 amount=20"), /^completed in turn 3/);
    assertMatches(
      output(ran, "run scenarios/pat.yaml < /dev/null"),
      /^paused in turn 0: waits for a decision of 'Pat' in turn 1/,
    );
    assertMatches(output(ran, "printf 'say person_1 thanks"), /^completed in turn 3/);
    assertMatches(output(ran, "run scenarios/hurry.yaml"), /\ndegraded: 3 of 12 decisions failed/);
    for (const { stdout } of ran.filter(({ command }) => /replay/.test(command))) {
      assertMatches(stdout, /\nidentical\n/);
    }
  }));

Deno.test("what 'Determinism, resume, fork, replay' shows is what happens", () =>
  withWorld(async (folder) => {
    await writeFiles(domains, folder);
    const ran = await follow(sameness, folder);
    const replays = ran.filter(({ command }) => /replay/.test(command)).map(({ stdout }) =>
      stdout.trim().split("\n")[1]
    );
    assertEquals(replays.slice(0, 3), ["identical", "identical", "identical"]);
    assertMatches(ran.at(-1)!.stdout, /\ndiverges in events\.jsonl/);
    const refused = ran.find(({ command }) => command.includes("agents.person.count"))!;
    assertMatches(refused.stderr, /changes_the_past/);
    const kinds = output(ran, "cat output").trim().split("\n").map((line) => JSON.parse(line).kind);
    assertEquals(kinds, ["intervention", "intervention", "handover", "decision", "decision"]);
  }));

Deno.test("the modules of the guide pass the type checker", () =>
  withWorld(async (folder) => {
    for (const each of [domains, agents, people, sameness]) await writeFiles(each, folder);
    await run("deno check gifts/mod.ts village/mod.ts forgetful/mod.ts", folder);
  }));

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
