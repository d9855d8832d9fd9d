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

Deno.test("GET /api/simulations gives any part of any order; its tally says how many there are", async () => {
  await withServer({}, async ({ fetch, app }) => {
    for (const seed of [1, 2, 3]) {
      const { run_id } = await (await fetch("/api/simulations", posted({ scenario: SCENARIO, seed }))).json();
      await app.wait(run_id);
    }
    const ids = async (query: string) =>
      (await (await fetch(`/api/simulations?${query}`)).json()).map(({ run_id }: { run_id: string }) => run_id);
    const newest = await ids("");
    assertEquals(await ids("sort=created"), newest.toReversed());
    assertEquals(await ids("sort=-created&offset=1&limit=1"), [newest[1]]);
    assertEquals(await ids("group=repo&offset=2"), [newest[2]]);
    const odd = await fetch("/api/simulations?sort=colour");
    assertEquals([odd.status, (await odd.json()).errors[0].path], [422, "query.sort"]);
    assertEquals(await (await fetch("/api/simulations/tally?status=completed,failed")).json(), {
      total: 3,
      status: { completed: 3 },
      repo: { economic: 3 },
      validity: { valid: 3 },
    });
    assertEquals((await (await fetch("/api/simulations/tally?repo=climate")).json()).total, 0);
  });
});
