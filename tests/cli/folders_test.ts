/** Paths mean what the user typed where the user is; the defaults of the repository are the repository's. */

import { join } from "node:path";
import { assertEquals, assertMatches } from "../support/assert.ts";
import { cli, documentOf, ROOT, runsIn, SCENARIOS, withFolder } from "./support.ts";

Deno.test("deno task in a folder of the repository takes paths from there", async () => {
  const { INIT_CWD: _outer, ...env } = Deno.env.toObject();
  const process = new Deno.Command("deno", {
    args: ["task", "--quiet", "validate", "quick_test.yaml", "--json"],
    cwd: SCENARIOS,
    clearEnv: true,
    env,
    stdin: "null",
  });
  const { code, stdout, stderr } = await process.output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)).scenarios[0].file, "quick_test.yaml");
});

Deno.test("relative scenario, output and the messages about them are the user's, defaults are the repository's", () =>
  withFolder(async (folder) => {
    // What deno task does for whoever stands there.
    const there = { env: { INIT_CWD: SCENARIOS } };
    const output = join(folder, "out");
    const made = await cli(["run", "./quick_test.yaml", "--json", "--output", output], there);
    assertEquals(made.code, 0, made.stderr);
    const shown = documentOf(await cli(["runs", "show", "last", "--json", "--output", output], there));
    assertEquals(shown.manifest.scenario_path, "./quick_test.yaml");

    const missing = await cli(["run", "none.yaml"], there);
    assertEquals(missing.code, 2);
    assertMatches(missing.stderr, /there is no file 'none\.yaml'\n {2}hint: in \.: basic_economic\.yaml, /);

    const byDefault = await cli(["run", "quick_test.yaml", "--quiet"], there);
    const run = byDefault.stdout.trim();
    const removed = await cli(["runs", "delete", run.split("/").at(-1)!, "--json"], there);
    assertEquals(join(run, ".."), join(ROOT, "output"));
    assertEquals(removed.code, 0, removed.stderr);
    assertEquals(runsIn(join(SCENARIOS, "output")), []);
  }));

Deno.test("an INIT_CWD outside of the repository is not where the user is", () =>
  withFolder(async (folder) => {
    const result = await cli(["validate", "scenarios/economic/quick_test.yaml"], { env: { INIT_CWD: folder } });
    assertEquals(result.code, 0, result.stderr);
  }));

Deno.test("outside of the repository scenario, output folder and configuration are the user's own", () =>
  withFolder(async (folder) => {
    await Deno.copyFile(join(SCENARIOS, "quick_test.yaml"), join(folder, "mine.yaml"));
    const result = await cli(["run", "mine.yaml", "--json"], { cwd: folder });
    assertEquals(result.code, 0, result.stderr);
    const { run_id, output } = documentOf(result);
    assertEquals(output, join(folder, "output", run_id));
    await Deno.writeTextFile(join(folder, "llm-sim.yaml"), "output_root: elsewhere\n");
    const second = documentOf(await cli(["run", "mine.yaml", "--json"], { cwd: folder }));
    assertEquals(second.output, join(folder, "elsewhere", second.run_id));
    await Deno.writeTextFile(join(folder, "llm-sim.yaml"), "output_rot: elsewhere\n");
    const broken = await cli(["run", "mine.yaml", "--json"], { cwd: folder });
    assertEquals(broken.code, 2);
    assertMatches(broken.stderr, /^llm-sim\.yaml:1:\d+: error\[unknown_key\]: [^]*did you mean 'output_root'/);
  }));

Deno.test("in the repository too, runs go where the configuration says, and --output comes before it", () =>
  withFolder(async (folder) => {
    const config = join(folder, "mine.yaml");
    await Deno.writeTextFile(config, "output_root: elsewhere\n");
    const there = { env: { INIT_CWD: SCENARIOS } };
    const configured = await cli(["run", "quick_test.yaml", "--quiet", "--config", config], there);
    assertEquals(configured.code, 0, configured.stderr);
    assertEquals(join(configured.stdout.trim(), ".."), join(folder, "elsewhere"));
    const output = join(folder, "out");
    const asked = await cli(["run", "quick_test.yaml", "--quiet", "--config", config, "--output", output], there);
    assertEquals(join(asked.stdout.trim(), ".."), output);
    await Deno.writeTextFile(config, "output_root: [a]\n");
    const broken = await cli(["runs", "list", "--config", config], there);
    assertEquals(broken.code, 2);
    assertMatches(broken.stderr, /mine\.yaml:1:\d+: error\[/);
  }));

Deno.test({
  name: "a path that Deno lets no program into is refused by name, not as a fault of llm-sim",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const folder = await cli(["domains", "--output", "/proc/x"]);
    assertEquals(folder.code, 2);
    assertMatches(folder.stderr, /^error\[\w+\]: '?\/proc\/x'? cannot be [^\n]+\n {2}hint: [^\n]+\n$/);
    const file = await cli(["run", "/proc/1/mem"]);
    assertEquals(file.code, 2);
    assertMatches(file.stderr, /^error\[file_error\]: '\/proc\/1\/mem' cannot be used: [^\n]+\n {2}hint: [^\n]+\n$/);
  },
});
