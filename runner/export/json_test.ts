import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { exampleRun } from "./example_run.ts";
import { toJson } from "./json.ts";

Deno.test("toJson: one document with everything of the run, a row a line", async () => {
  const run = await exampleRun({ text: 'quote " and \u2028' });
  const text = toJson(run);
  assertEquals(JSON.parse(text), { format: 1, ...run });
  assertTrue(text.includes(`\n    ${JSON.stringify(run.global[3])},\n`));
});

Deno.test("toJson: a run that has recorded nothing yet", async () => {
  const run = { ...await exampleRun(), global: [], agents: [], result: null };
  assertEquals(JSON.parse(toJson(run)), { format: 1, ...run });
});
