import { z } from "zod";
import { batchSpecSchema } from "../../runner/mod.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { follow, output, page, ranWith, withRepository } from "./guide.ts";

const guide = await page("guide/batches.md");

/** The code block of the page that has `part`. */
function shown(part: string): string {
  const blocks = [...guide.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);
  return blocks.find((text) => text.includes(part))!;
}

Deno.test("'Batches' explains every key that a batch may have", () => {
  const keysOf = (schema: unknown): string[] => {
    if (typeof schema !== "object" || schema === null) return [];
    const { properties = {} } = schema as { readonly properties?: object };
    return [...Object.keys(properties), ...Object.values(schema).flatMap(keysOf)];
  };
  // Left out: a word of JSON Schema.
  const keys = new Set(
    keysOf(z.toJSONSchema(batchSpecSchema, { unrepresentable: "any" })).filter((key) => key !== "properties"),
  );
  assertEquals([...keys].filter((key) => !guide.includes(`\`${key}`)), []);
});

Deno.test("what 'Batches' shows is what happens", () =>
  withRepository(async (folder) => {
    const ran = await follow(guide, folder);
    const sweep = output(ran, "batch scenarios/economic/sweep_policy.yaml");
    const lines = shown("3,345 ± 18.1").trim().split("\n").filter((line) => line !== "…");
    assertEquals(lines.filter((line) => !sweep.includes(line)), []);
    assertMatches(output(ran, "validate my/rates.yaml"), /a batch: 16 runs of 4 cells/);
    assertMatches(output(ran, "batch my/rates.yaml"), /^closed {2}0\.4 {2}4 /m);
    assertMatches(output(ran, "=0.01:0.05:0.02"), /^ +0\.05 {2}1 /m);
    assertMatches(output(ran, "--random 4"), /^completed {2}4\/4 runs/);
    assertMatches(ranWith(ran, "demand_shok").stderr, /did you mean 'demand_shock'/);
    assertMatches(output(ran, "--quote"), /^60 runs/);
    assertMatches(output(ran, "--plan"), /^planned {2}sweep_policy_\S+: 60 runs of 3 cells/);
    assertMatches(ranWith(ran, "extend sweep_policy").stderr, /ambiguous_batch/);
    assertMatches(output(ran, "resume last"), /^completed {2}60\/60 runs .*↺ \d+/);
    assertMatches(output(ran, "extend last"), /^completed {2}66\/66 runs/);
    assertMatches(output(ran, "compare batch:last/taylor"), /agents\.Harbour\.config\.monetary_policy/);
    assertMatches(output(ran, "FROM"), /fixed +22 +3/);
    for (const name of ["report.html", "runs.csv", "runs.parquet"]) {
      assertTrue(Deno.statSync(`${folder}/${name}`).size > 1000, name);
    }
  }));
