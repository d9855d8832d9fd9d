/** What there is to open, over real HTTP. */

import { kindOfText } from "../../server/tree.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { withRest } from "./rest_world.ts";

Deno.test("the tree has scenario files by what they are, the domains, and the newest runs", async () => {
  await withRest(async ({ ask, start, app }) => {
    const run_id = await start({ turns: 1 });
    await app.wait(run_id);
    const { status, body } = await ask("GET", "/api/tree");
    assertEquals([status, body.runs.map((run: { run_id: string }) => run.run_id)], [200, [run_id]]);
    const kindOf = (config: string) => body.scenarios.find((each: { config: string }) => each.config === config)?.kind;
    assertEquals([
      kindOf("growth.yaml"),
      kindOf("sweep_policy.yaml"),
      kindOf("plan_refine_offline.yaml"),
    ], ["scenario", "batch", "conversation"]);
    assertTrue(
      body.domains.some(({ name, status }: { name: string; status: string }) => name === "economic" && status === "ok"),
    );
  });
});

Deno.test("the sections at the beginning of its lines say what a scenario file is", () => {
  const kinds = ["simulation:\n  batch: 3\n", "batch:\n  seeds: 1..2\n", '"conversation": {}\n', "", "# batch:\n"];
  assertEquals(kinds.map(kindOfText), ["scenario", "batch", "conversation", "scenario", "scenario"]);
});
