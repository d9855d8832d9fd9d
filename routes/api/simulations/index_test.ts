import { assertEquals, assertMatches } from "../../../tests/support/assert.ts";
import { posted, withServer } from "../../../tests/support/server.ts";

const SCENARIO = await Deno.readTextFile(new URL("../../../scenarios/economic/growth.yaml", import.meta.url));

Deno.test("POST /api/simulations starts a run, which GET lists until it has ended", async () => {
  await withServer({}, async ({ fetch, app }) => {
    assertEquals(await (await fetch("/api/simulations")).json(), []);
    const started = await fetch("/api/simulations", posted({ scenario: SCENARIO }));
    assertEquals(started.status, 202);
    const { run_id, ...rest } = await started.json();
    assertEquals(rest, { status: "queued" });
    assertEquals(started.headers.get("location"), `/api/simulations/${run_id}`);
    await app.wait(run_id);
    const listed = await fetch("/api/simulations?status=completed");
    assertEquals(listed.headers.get("content-type"), "application/json");
    const [row] = await listed.json();
    assertEquals([row.run_id, row.status, row.repo], [run_id, "completed", "economic"]);
  });
});

Deno.test("POST /api/simulations tells all that is wrong with a scenario, with places, and starts nothing", async () => {
  await withServer({}, async ({ fetch }) => {
    const answer = await fetch(
      "/api/simulations",
      posted({ scenario: SCENARIO.replace("max_turns", "maximum_turns") }),
    );
    assertEquals(answer.status, 422);
    assertEquals(answer.headers.get("content-type"), "application/problem+json");
    const problem = await answer.json();
    assertMatches(JSON.stringify(problem.errors), /maximum_turns.*"line":\d+/);
    assertEquals(await (await fetch("/api/simulations")).json(), []);
  });
});
