/** The JSON Schema that `schema` prints, read by a validator that is not ours. */

import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { cli, documentOf, ROOT, SCENARIOS, withFolder } from "./support.ts";

async function scenarioFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    // Plans are no scenarios.
    if (entry.name === "plans") continue;
    if (entry.isDirectory) files.push(...await scenarioFiles(path));
    else if (entry.name.endsWith(".yaml")) files.push(path);
  }
  return files.sort();
}

Deno.test("the schema is a strict JSON Schema that accepts every shipped scenario and refuses bad ones", async () => {
  const printed = await cli(["schema"]);
  assertEquals(printed.code, 0, printed.stderr);
  const schema = JSON.parse(printed.stdout);
  assertEquals(documentOf(await cli(["schema", "--json"])), schema);
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);
  const files = await scenarioFiles(join(ROOT, "scenarios"));
  assertTrue(files.length >= 7);
  for (const file of files) {
    const value = parse(await Deno.readTextFile(file));
    // A batch is no scenario: it names one.
    if (value.batch) continue;
    const accepted = validate(value);
    assertTrue(accepted, `${file}: ${JSON.stringify(validate.errors)}`);
  }

  const scenario = parse(await Deno.readTextFile(join(SCENARIOS, "growth.yaml")));
  const bad: [what: unknown, where: string][] = [
    [{ ...scenario, metrcs: {} }, ""],
    [{ ...scenario, agents: [] }, "/agents"],
    [{ ...scenario, simulation: { ...scenario.simulation, max_turns: 0 } }, "/simulation/max_turns"],
    [{ ...scenario, simulation: { ...scenario.simulation, schedule: "later" } }, "/simulation/schedule"],
    [[], ""],
  ];
  for (const [value, where] of bad) {
    assertEquals(validate(value), false, JSON.stringify(value).slice(0, 80));
    const places = validate.errors!.map((error) => error.instancePath);
    assertTrue(places.includes(where), `${where}: ${JSON.stringify(validate.errors)}`);
  }
});

Deno.test("schema --out writes it for an editor", () =>
  withFolder(async (folder) => {
    const file = join(folder, "scenario.schema.json");
    const result = await cli(["schema", "--out", file, "--json"]);
    assertEquals(documentOf(result), { file });
    assertEquals(JSON.parse(await Deno.readTextFile(file)).title, "llm-sim scenario");
  }));
