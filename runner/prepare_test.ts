import { assertEquals, assertMatches, assertRejects } from "../tests/support/assert.ts";
import { withApp } from "../tests/support/app.ts";
import { world } from "../tests/durability/world.ts";

const FIXTURES = { fixtures: ["slow_writer"] };

Deno.test("a scenario is read from a file, and what it extends from beside it", async () => {
  await withApp(FIXTURES, async (app, folder) => {
    Deno.writeTextFileSync(`${folder}/base.yaml`, world({ turns: 3 }));
    Deno.writeTextFileSync(`${folder}/child.yaml`, "extends: base.yaml\nsimulation: { max_turns: 2 }\n");
    const { config, agents, issues } = await app.validate({ file: `${folder}/child.yaml` });
    assertEquals(issues.filter(({ severity }) => severity === "error"), []);
    assertEquals([config?.simulation.max_turns, agents], [2, ["Ada", "Ben"]]);
    assertEquals(Object.values(config!.files).map(({ text }) => text), [world({ turns: 3 })]);
  });
});

Deno.test("a file that a scenario may not read is refused, by a path, by a link, and nothing is left behind", async () => {
  await withApp(FIXTURES, async (app, folder) => {
    Deno.mkdirSync(`${folder}/inside`);
    Deno.writeTextFileSync(`${folder}/secret.yaml`, world());
    Deno.symlinkSync(`${folder}/secret.yaml`, `${folder}/inside/link.yaml`);
    for (const reference of ["../secret.yaml", `${folder}/secret.yaml`, "link.yaml", "/etc/passwd"]) {
      Deno.writeTextFileSync(`${folder}/inside/scenario.yaml`, `extends: ${reference}\n`);
      const error = await assertRejects(() => app.start({ file: `${folder}/inside/scenario.yaml` }), "file_outside");
      assertMatches(error.message, /lies outside/);
    }
    assertEquals((await app.list()).runs, []);
  });
});

Deno.test("a scenario file that is missing, a folder or no text says so and what there is", async () => {
  await withApp(FIXTURES, async (app, folder) => {
    Deno.writeTextFileSync(`${folder}/there.yaml`, world());
    const missing = await assertRejects(() => app.start({ file: `${folder}/their.yaml` }), "missing_file") as Error & {
      hint: string;
    };
    assertMatches(missing.hint, /there\.yaml/);
    await assertRejects(() => app.start({ file: folder }), "missing_file");
    await assertRejects(() => app.start({ file: `${folder}/there.yaml/x` }), "missing_file");
    await assertRejects(() => app.start({}), "no_scenario");
    assertEquals((await app.list()).runs, []);
  });
});

Deno.test("all that is wrong is told at once: by the framework and by the domain, each with its place", async () => {
  await withApp(FIXTURES, async (app) => {
    const text = world().replace("large_bytes: 0", "large_bytes: many").replace(
      "type: writer, config: { pause_ms: 1 } }",
      "type: wrighter }",
    );
    const { issues, config } = await app.validate({ text, file: "scenario.yaml" });
    const errors = issues.filter(({ severity }) => severity === "error");
    assertEquals(config, undefined);
    assertEquals(errors.map(({ file, line }) => [file, line]).sort(), [["scenario.yaml", 3], ["scenario.yaml", 7]]);
    assertMatches(errors.map(({ message, hint }) => `${message} ${hint}`).join("\n"), /writer/);
  });
});

Deno.test("settings are part of the configuration, in their order, and unknown ones are refused", async () => {
  await withApp(FIXTURES, async (app) => {
    const set = [{ path: "simulation.max_turns", value: 9, from: "a" }, {
      path: "agents.Ada.config.pause_ms",
      value: 0,
      from: "b",
    }];
    const { config } = await app.validate({ text: world(), set });
    assertEquals(config?.settings, set.map(({ path, value }) => ({ path, value })));
    assertEquals([config?.simulation.max_turns, config?.agents[0]?.config.pause_ms], [9, 0]);
    const refused = await assertRejects(() =>
      app.start({ text: world(), set: [{ path: "simulation.max_turn", value: 1, from: "--set" }] })
    );
    assertMatches(refused.message, /max_turn/);
  });
});
