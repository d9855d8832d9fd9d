import { join } from "node:path";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../tests/support/assert.ts";
import { withApp } from "../tests/support/app.ts";
import { world } from "../tests/durability/world.ts";
import { ROOT } from "./paths.ts";

const SOURCE = Deno.readTextFileSync(new URL("../tests/fixtures/domains/slow_writer/mod.ts", import.meta.url));
const SOURCES = { sources: { slow_writer: SOURCE } };

Deno.test("the scenarios of a domain are listed with their names and with what is wrong with them", async () => {
  await withApp(SOURCES, async (app, folder) => {
    const domain = `${folder}/domains/slow_writer`;
    Deno.mkdirSync(`${domain}/scenarios/deep`, { recursive: true });
    Deno.mkdirSync(`${domain}/templates`);
    Deno.writeTextFileSync(`${domain}/scenarios/good.yaml`, world({ name: "fine" }));
    Deno.writeTextFileSync(`${domain}/scenarios/deep/bad.yml`, world({ name: "bad" }).replace("ledger", "leger"));
    Deno.writeTextFileSync(`${domain}/templates/torn.yaml`, "simulation: { name: torn, description: half\n");
    Deno.writeTextFileSync(`${domain}/scenarios/.hidden.yaml`, world());
    Deno.writeTextFileSync(`${domain}/scenarios/notes.txt`, "none");
    if (Deno.build.os !== "windows") {
      Deno.symlinkSync(`${ROOT}/scenarios/economic/growth.yaml`, `${domain}/scenarios/out.yaml`);
    }
    const list = async () =>
      (await app.scenarios("slow_writer")).map(({ config, name, issues }) => [
        config,
        name,
        issues.filter(({ severity }) => severity === "error").map(({ code }) => code),
      ]);
    const [bad, good, torn] = await list();
    assertEquals(bad, ["scenarios/deep/bad.yml", "bad", ["unknown_component"]]);
    assertEquals(good, ["scenarios/good.yaml", "fine", []]);
    assertEquals([torn![0], torn![1], (torn![2] as string[]).length > 0], ["templates/torn.yaml", "torn", true]);
    assertEquals((await list()).length, 3);
    Deno.writeTextFileSync(`${domain}/scenarios/good.yaml`, world({ name: "changed" }));
    assertEquals((await list())[1], ["scenarios/good.yaml", "changed", []]);
    for (const { repo, config, path } of await app.scenarios("slow_writer")) {
      assertEquals(await app.resolveConfig(repo, config), path);
    }
    await assertRejects(() => app.scenarios("slow_reader"), "unknown_domain");
  });
});

Deno.test("the shipped scenarios are listed by the names under which they can be started, all right", async () => {
  await withApp({}, async (app) => {
    const all = await app.scenarios();
    // A batch is no scenario: it names one.
    const shipped = [...Deno.readDirSync(join(ROOT, "scenarios", "economic"))].filter(({ name }) =>
      /\.ya?ml$/.test(name) && !name.startsWith("sweep_")
    );
    const economic = all.filter(({ repo, config }) => repo === "economic" && config.startsWith("scenarios/economic/"));
    assertEquals(economic.length, shipped.length);
    for (const { repo, config, path, issues } of all) {
      assertEquals(issues.filter(({ severity }) => severity === "error"), [], `${repo}: ${path}`);
      assertEquals(await app.resolveConfig(repo, config), path);
    }
  });
});

Deno.test("config is looked for in the domain's folder, in scenarios/<repo>/, and from the project's root", async () => {
  await withApp(SOURCES, async (app, folder) => {
    const growth = "scenarios/economic/growth.yaml";
    const path = await app.resolveConfig("economic", growth);
    assertTrue(path.endsWith(growth));
    for (const config of ["growth.yaml", "scenarios/growth.yaml", "economic/growth.yaml", `./${growth}`]) {
      assertEquals(await app.resolveConfig("economic", config), path, config);
    }
    assertEquals(await app.resolveConfig("slow_writer", growth), path);
    const own = `${folder}/domains/slow_writer/mine.yaml`;
    Deno.writeTextFileSync(own, world());
    assertEquals(await app.resolveConfig("slow_writer", "mine.yaml"), own);
    const error = await assertRejects(() => app.resolveConfig("slow_writer", "other.yaml"), "missing_file");
    const { hint } = error as { hint?: string };
    assertMatches(
      hint!,
      /domains\/slow_writer\/other\.yaml, scenarios\/slow_writer\/other\.yaml, other\.yaml, .*\/slow_writer\/scenarios\/other\.yaml$/,
    );
    await assertRejects(() => app.resolveConfig("nobody", "x.yaml"), "unknown_domain");
  });
});

Deno.test("config that would lead out is refused, whatever is there", async () => {
  await withApp(SOURCES, async (app, folder) => {
    const domain = `${folder}/domains/slow_writer`;
    Deno.writeTextFileSync(`${folder}/secret.yaml`, world());
    Deno.writeTextFileSync(`${domain}/.hidden.yaml`, world());
    const refused = [
      "../secret.yaml",
      "a/../../secret.yaml",
      "..\\secret.yaml",
      `${folder}/secret.yaml`,
      "C:\\secret.yaml",
      "~/secret.yaml",
      "secret.yaml\0.yaml",
      "secret.yaml\n",
      ".hidden.yaml",
      ".git/config.yaml",
      "mod.ts",
      "",
      "x".repeat(600) + ".yaml",
    ];
    if (Deno.build.os !== "windows") {
      Deno.symlinkSync(`${folder}/secret.yaml`, `${domain}/link.yaml`);
      Deno.symlinkSync(folder, `${domain}/up`);
      refused.push("link.yaml", "up/secret.yaml");
    }
    for (const config of refused) {
      await assertRejects(() => app.resolveConfig("slow_writer", config), "bad_config_path");
    }
    for (const config of ["%2e%2e/secret.yaml", "%2e%2e%2fsecret.yaml", "folder.yaml"]) {
      await assertRejects(() => app.resolveConfig("slow_writer", config), "missing_file");
    }
  });
});
