/** Every endpoint over real HTTP. */

import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { PERSON, told, withRest } from "./rest_world.ts";

Deno.test("the seed's five endpoints answer the seed's shapes", async () => {
  await withRest(async ({ ask, app }) => {
    const started = await ask("POST", "/api/simulations", { repo: "economic", config: "scenarios/growth.yaml" });
    const { run_id } = started.body;
    assertEquals([started.status, started.body], [202, { run_id, status: "queued" }]);
    assertEquals(started.headers.get("location"), `/api/simulations/${run_id}`);

    const early = await ask("GET", `/api/simulations/${run_id}/results`);
    assertTrue(early.status === 404 && early.body.code === "no_result" || early.status === 200);
    await app.wait(run_id);

    const listed = await ask("GET", "/api/simulations?repo=economic&status=completed");
    const [row] = listed.body;
    assertEquals(Object.keys(row).slice(0, 5), ["run_id", "status", "repo", "current_turn", "max_turns"]);
    assertEquals([listed.body.length, row.run_id, row.status, row.repo, row.max_turns], [
      1,
      run_id,
      "completed",
      "economic",
      120,
    ]);

    const detail = await ask("GET", `/api/simulations/${run_id}`);
    assertEquals(Object.keys(detail.body).slice(0, 5), ["run_id", "status", "current_turn", "max_turns", "state"]);
    assertEquals(detail.body.current_turn, row.current_turn);
    assertEquals(Object.keys(detail.body.state), ["agents", "global_state"]);
    assertTrue(detail.body.state.agents.Aurelia.economic_strength > 0);

    const results = await ask("GET", `/api/simulations/${run_id}/results`);
    assertEquals(results.status, 200);
    assertEquals(results.body, JSON.parse(await Deno.readTextFile(`${app.folder(run_id)}/result.json`)));

    const slow = await ask("POST", "/api/simulations", { repo: "economic", config: "growth.yaml", mode: "step" });
    await app.wait(slow.body.run_id);
    const cancelled = await ask("DELETE", `/api/simulations/${slow.body.run_id}`);
    assertEquals([cancelled.status, cancelled.body], [200, { success: true, run_id: slow.body.run_id }]);
    assertEquals(told(await ask("DELETE", `/api/simulations/${slow.body.run_id}`)), "409 not_running");
    assertEquals(told(await ask("DELETE", `/api/simulations/${run_id}`)), "409 not_running");
    for (const path of ["nothing", "nothing/results"]) {
      assertEquals(told(await ask("GET", `/api/simulations/${path}`)), "404 unknown_run");
    }
    assertEquals(told(await ask("DELETE", "/api/simulations/nothing")), "404 unknown_run");
  });
});

Deno.test("a start takes seed, sample, settings, labels, mode and llm_mode; an idempotency key starts one run", async () => {
  await withRest(async ({ ask, app, start }) => {
    const id = await start({}, {
      seed: 9,
      sample: 2,
      labels: { team: "macro" },
      mode: "step",
      set: { "simulation.max_turns": 5 },
    });
    const { status, turn, seed, sample, labels, max_turns } = await app.wait(id);
    assertEquals([status, turn, seed, sample, labels, max_turns], ["paused", 1, 9, 2, { team: "macro" }, 5]);

    const offline = await ask("POST", "/api/simulations", {
      repo: "economic",
      config: "llm_economic.yaml",
      llm_mode: "offline",
      mode: "step",
    });
    assertEquals(offline.status, 202, JSON.stringify(offline.body));
    assertMatches((await app.wait(offline.body.run_id)).models.join(), /offline/);

    const body = { repo: "economic", config: "growth.yaml", mode: "step" };
    const key = { "idempotency-key": "today-1" };
    const [first, second] = await Promise.all([1, 2].map(() => ask("POST", "/api/simulations", body, key)));
    assertEquals([first!.status, second!.status, second!.body], [202, 202, first!.body]);
    const conflict = await ask("POST", "/api/simulations", { ...body, seed: 3 }, key);
    assertEquals(told(conflict), "422 idempotency_conflict");
    // Its own key and nothing of how callers are kept apart.
    assertEquals(conflict.body.detail, "something else has been asked for under the key 'today-1'");
    assertEquals(
      told(await ask("POST", "/api/simulations", body, { "idempotency-key": "x".repeat(201) })),
      "422 bad_idempotency_key",
    );
    await app.wait(first!.body.run_id);
  });
});

Deno.test("lists come in pages, are filtered, and have a tag", async () => {
  await withRest(async ({ ask, app, start }) => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      ids.push(await start({ name: `w${i}`, turns: 1 }, { labels: { n: String(i % 2) } }));
      await app.wait(ids.at(-1)!);
    }
    const seen: string[] = [];
    let path: string | undefined = "/api/simulations?limit=2";
    while (path !== undefined) {
      const page = await ask("GET", path);
      assertEquals(page.status, 200, JSON.stringify(page.body));
      seen.push(...page.body.map(({ run_id }: { run_id: string }) => run_id));
      assertEquals(page.headers.has("link"), page.headers.has("x-next-cursor"));
      path = /^<([^>]+)>; rel="next"$/.exec(page.headers.get("link") ?? "")?.[1];
    }
    assertEquals(seen, ids.toReversed());
    const found = async (query: string) => (await ask("GET", `/api/simulations?${query}`)).body.length;
    assertEquals(await found("label=n=1"), 2);
    assertEquals(await found("q=w3"), 1);
    assertEquals(await found("status=queued,completed"), 5);
    assertEquals(await found("status=queued&status=running"), 0);
    assertEquals(await found("repo=economic"), 0);
    assertEquals(await found("validity=void"), 0);
    assertEquals(await found("since=2999-01-01T00:00:00Z"), 0);
    assertEquals(told(await ask("GET", "/api/simulations?cursor=nonsense")), "422 bad_cursor");

    const [first] = await Promise.all([ask("GET", "/api/simulations")]);
    const tag = first.headers.get("etag")!;
    const again = await ask("GET", "/api/simulations", undefined, { "if-none-match": tag });
    assertEquals([again.status, again.body], [304, ""]);
    await ask("PATCH", `/api/simulations/${ids[0]}`, { labels: { n: "7" } });
    assertEquals((await ask("GET", "/api/simulations", undefined, { "if-none-match": tag })).status, 200);
  });
});

Deno.test("a run is parked, labelled, changed, advanced, resumed, forked, replayed, and removed", async () => {
  await withRest(async ({ ask, app, start }) => {
    const id = await start({ turns: 40, pause: 10, people: PERSON });
    const at = (path: string) => `/api/simulations/${id}/${path}`;
    await waitFor(async () => (await ask("GET", `/api/simulations/${id}`)).body.waiting.length > 0);
    const [{ agent, turn }] = (await ask("GET", `/api/simulations/${id}`)).body.waiting;
    assertEquals([agent, turn], ["Pia", 1]);
    assertEquals(told(await ask("POST", at("decisions"), { agent, turn: 2, action: null })), "409 not_asked");
    const decided = await ask("POST", at("decisions"), { agent, turn, action: { action: "earn" } });
    assertEquals([decided.status, decided.body.kind, decided.body.turn], [201, "decision", 1]);
    assertEquals(told(await ask("POST", at("decisions"), { agent, action: { do: "it" } })), "422 bad_decision");

    const parked = await ask("POST", at("pause"));
    assertEquals([parked.status, parked.body.status, parked.body.run_id], [200, "paused", id]);
    assertEquals(told(await ask("POST", at("pause"))), "409 bad_transition");

    const labelled = await ask("PATCH", `/api/simulations/${id}`, { labels: { keep: "yes" } });
    assertEquals([labelled.status, labelled.body.labels], [200, { keep: "yes" }]);

    const handed = await ask("PUT", at("controllers/Pia"), { controller: "rule" });
    assertEquals([handed.status, handed.body.kind, handed.body.body], [200, "handover", { to: "rule" }]);
    assertEquals(told(await ask("PUT", at("controllers/Nobody"), { controller: "rule" })), "404 unknown_agent");

    const gift = await ask("POST", at("interventions"), { add: { "agents.Cyd.wealth": 100 }, note: "a gift" });
    assertEquals([gift.status, gift.body.kind], [201, "intervention"]);
    const wrong = await ask("POST", at("interventions"), { set: { "agents.Cyd.welth": 1 } });
    assertEquals(wrong.status, 422);
    assertMatches(JSON.stringify(wrong.body), /welth.*did you mean 'wealth'/);
    assertEquals(
      told(await ask("POST", at("interventions"), { turn: 500, set: { "agents.Cyd.wealth": 1 } })),
      "422 bad_turn",
    );

    const before = parked.body.current_turn;
    assertEquals((await ask("POST", at("advance"))).status, 202);
    assertEquals([(await app.wait(id)).turn, (await app.status(id)).status], [before + 1, "paused"]);
    assertEquals((await ask("POST", at("resume"))).status, 202);
    assertEquals(told(await ask("POST", at("resume"))), "409 bad_transition");
    assertEquals(told(await ask("DELETE", `/api/simulations/${id}?purge=true`)), "409 run_is_live");
    assertEquals((await app.wait(id)).status, "completed");

    const fork = await ask("POST", at("fork"), { turn: 30, seed: 8, labels: { kind: "fork" } });
    assertEquals([fork.status, Object.keys(fork.body)], [202, ["run_id", "status"]]);
    assertEquals(fork.headers.get("location"), `/api/simulations/${fork.body.run_id}`);
    const forked = await app.wait(fork.body.run_id);
    assertEquals([forked.parent?.run_id, forked.labels], [id, { keep: "yes", kind: "fork" }]);
    assertEquals(told(await ask("POST", at("fork"), { turn: 999 })), "422 bad_turn");

    const replayed = await ask("POST", at("replay"), {});
    assertEquals([replayed.status, replayed.body.divergence, replayed.body.identical], [200, null, true]);

    assertEquals((await ask("DELETE", `/api/simulations/${id}?purge=true`)).status, 200);
    assertEquals(told(await ask("GET", `/api/simulations/${id}`)), "404 unknown_run");
  });
});

Deno.test("what a run has written can be read: config, checkpoints, events, metrics, calls, logs, files", async () => {
  await withRest(async ({ ask, app, start }) => {
    const id = await start({ turns: 20, interval: 5 });
    await app.wait(id);
    const at = (path: string) => `/api/simulations/${id}/${path}`;

    const config = await ask("GET", at("config"));
    assertEquals([config.body.config.domain, config.body.run_id], ["society", id]);
    const yaml = await ask("GET", at("config"), undefined, { accept: "application/yaml" });
    assertEquals([yaml.body, yaml.headers.get("content-type")], [
      config.body.scenario,
      "application/yaml; charset=utf-8",
    ]);

    const checkpoints = await ask("GET", at("checkpoints"));
    assertEquals(
      checkpoints.body.map(({ name }: { name: string }) => name),
      [0, 5, 10, 15, 20].map((n) => `turn_${n}`),
    );
    const five = await ask("GET", at("checkpoints/5"));
    assertEquals([five.body.turn, five.body.state.turn], [5, 5]);
    const then = await ask("GET", `/api/simulations/${id}?turn=5`);
    assertEquals([then.body.state_turn, then.body.current_turn], [5, 20]);
    assertEquals(then.body.state.agents, five.body.state.agents);
    assertEquals(told(await ask("GET", at("checkpoints/6"))), "404 unknown_checkpoint");
    assertEquals(told(await ask("GET", `/api/simulations/${id}?turn=6`)), "404 unknown_checkpoint");

    const all = (await Deno.readTextFile(`${app.folder(id)}/events.jsonl`)).trim().split("\n").map((l) =>
      JSON.parse(l)
    );
    const events: unknown[] = [];
    let path: string | undefined = at("events?limit=50");
    while (path !== undefined) {
      const page = await ask("GET", path);
      events.push(...page.body);
      path = /^<([^>]+)>/.exec(page.headers.get("link") ?? "")?.[1];
    }
    assertEquals(events, all);
    const actions = (await ask("GET", at("events?types=ACTION&agents=Ada&limit=1000"))).body;
    assertEquals(actions, all.filter((e) => e.event_type === "ACTION" && e.agent_id === "Ada").slice(0, 1000));
    assertEquals((await ask("GET", at("events?after=10&limit=1"))).body[0].id, 11);

    const metrics = await ask("GET", at("metrics"));
    assertEquals(metrics.body.map(({ turn }: { turn: number }) => turn), Array.from({ length: 21 }, (_, i) => i));
    const later = await ask("GET", at("metrics?after=17&limit=2"));
    assertEquals(later.body, metrics.body.slice(18, 20));
    assertEquals(later.headers.get("x-next-cursor"), "19");
    const last = await ask("GET", at("metrics?after=19"), undefined, { accept: "text/csv" });
    assertEquals([last.body, last.headers.get("x-next-cursor")], [metrics.body.slice(20), null]);
    assertEquals((await ask("GET", at("metrics?after=20"))).body, []);
    assertEquals((await ask("GET", at("metrics?after=-1&limit=100"))).body, metrics.body);
    assertEquals(told(await ask("GET", at("metrics?after=-2"))), "422 invalid_request");
    const csv = await ask("GET", at("metrics.csv"));
    assertMatches(csv.body, /^turn,.*metric\.all.*\r\n0,/);
    assertEquals(csv.headers.get("content-type"), "text/csv; charset=utf-8");
    for (const accept of ["text/csv", "text/csv, application/json;q=0.5"]) {
      assertEquals((await ask("GET", at("metrics"), undefined, { accept })).body, csv.body);
    }
    for (const accept of ["application/json, text/csv;q=0.5", "text/html, */*"]) {
      assertEquals((await ask("GET", at("metrics"), undefined, { accept })).body, metrics.body);
    }

    assertEquals((await ask("GET", at("llm"))).body, []);
    const logs = await ask("GET", at("logs?level=DEBUG&limit=10"));
    assertEquals([logs.status, Array.isArray(logs.body)], [200, true]);
  });
});

Deno.test("files come as a zip archive that unzip can read", async () => {
  const { world } = await import("../durability/world.ts");
  await withRest(async ({ ask, app, fetch }) => {
    const { body } = await ask("POST", "/api/simulations", { scenario: world({ turns: 3 }) });
    await app.wait(body.run_id);
    const answer = await fetch(`/api/simulations/${body.run_id}/files.zip`);
    assertEquals(answer.headers.get("content-type"), "application/zip");
    assertEquals(answer.headers.get("content-disposition"), `attachment; filename="${body.run_id}.zip"`);
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeFile(`${folder}/files.zip`, answer.body!);
      const { success } = await new Deno.Command("python3", {
        args: [
          "-c",
          "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])",
          `${folder}/files.zip`,
          `${folder}/out`,
        ],
      }).output();
      assertTrue(success);
      for (const { name, isFile } of Deno.readDirSync(`${app.folder(body.run_id)}/files`)) {
        if (isFile) {
          assertEquals(
            await Deno.readTextFile(`${folder}/out/${name}`),
            await Deno.readTextFile(`${app.folder(body.run_id)}/files/${name}`),
          );
        }
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
    const head = await ask("HEAD", `/api/simulations/${body.run_id}/files.zip`);
    assertEquals([head.status, head.body], [200, ""]);
  });
});

Deno.test("calls of models are on the tape, in pages", async () => {
  await withRest(async ({ ask, app }) => {
    const { body } = await ask("POST", "/api/simulations", {
      repo: "economic",
      config: "llm_economic.yaml",
      llm_mode: "offline",
      set: { "simulation.max_turns": 1 },
    });
    await app.wait(body.run_id);
    const page = await ask("GET", `/api/simulations/${body.run_id}/llm?limit=2`);
    assertEquals(page.body.map(({ seq }: { seq: number }) => seq), [1, 2]);
    const next = await ask(
      "GET",
      `/api/simulations/${body.run_id}/llm?limit=1&after=${page.headers.get("x-next-cursor")}`,
    );
    assertEquals(next.body[0].seq, 3);
  });
});

Deno.test("domains are listed with their scenarios and components; a broken one is shown as broken", async () => {
  const sources = { crooked: "export default 1 +;\n" };
  await withRest(async ({ ask }) => {
    const repos = (await ask("GET", "/api/repos")).body;
    const byName = Object.fromEntries(repos.map((repo: { name: string }) => [repo.name, repo]));
    assertEquals([byName.economic.status, byName.crooked.status], ["ok", "broken"]);
    assertTrue(byName.economic.components.agents > 0 && byName.economic.scenarios > 0);
    assertTrue(byName.crooked.reason.length > 0);

    const scenarios = (await ask("GET", "/api/repos/economic/scenarios")).body;
    const growth = scenarios.find(({ name }: { name: string }) => name === "growth");
    assertEquals([growth.repo, growth.issues.filter(({ severity }: { severity: string }) => severity === "error")], [
      "economic",
      [],
    ]);
    const started = await ask("POST", "/api/simulations", { repo: growth.repo, config: growth.config, mode: "step" });
    assertEquals(started.status, 202);

    const components = (await ask("GET", "/api/repos/economic/components")).body;
    assertTrue(components.agents.some(({ type }: { type: string }) => type === "nation"));
    for (const part of ["scenarios", "components"]) {
      assertEquals(told(await ask("GET", `/api/repos/nothing/${part}`)), "404 unknown_domain");
    }
    assertEquals(told(await ask("GET", "/api/repos/crooked/components")), "409 domain_load_error");
  }, { sources });
});

Deno.test("a scenario is validated without being started: all its findings, with places", async () => {
  await withRest(async ({ ask }) => {
    const text = await Deno.readTextFile(new URL("../../scenarios/economic/growth.yaml", import.meta.url));
    const good = await ask("POST", "/api/scenarios/validate", { scenario: text });
    assertEquals([good.status, good.body.valid, good.body.domain, good.body.max_turns], [200, true, "economic", 120]);
    assertEquals(good.body.agents, ["Aurelia", "Borealis", "Caldera", "Dunmark"]);
    const bad = await ask("POST", "/api/scenarios/validate", {
      scenario: text.replace("max_turns", "maximum_turns").replace("strategy: grow", "strategy: gro"),
    });
    assertEquals([bad.status, bad.body.valid], [200, false]);
    const unknown = bad.body.issues.find(({ code }: { code: string }) => code === "unknown_key");
    assertTrue(unknown.line > 1 && /maximum_turns/.test(unknown.message), JSON.stringify(unknown));
    const file = await ask("POST", "/api/scenarios/validate", { repo: "economic", config: "growth.yaml" });
    assertEquals(file.body.valid, true);
    assertEquals((await ask("POST", "/api/scenarios/validate", { scenario: "{" })).body.valid, false);
    assertEquals((await ask("GET", "/api/simulations")).body, []);
  });
});

Deno.test("providers are told without their keys", async () => {
  Deno.env.set("LLM_SIM_TEST_KEY", "sk-very-secret");
  try {
    await withRest(async ({ ask }) => {
      const { body } = await ask("GET", "/api/providers");
      const mine = body.providers.find(({ name }: { name: string }) => name === "mine");
      assertEquals([mine.configured, mine.key_env, mine.key_set], [true, "LLM_SIM_TEST_KEY", true]);
      assertTrue(!JSON.stringify(body).includes("sk-very-secret"));
    }, {
      config: {
        providers: { mine: { base_url: "http://127.0.0.1:9/v1", api_key_env: "LLM_SIM_TEST_KEY", model: "m" } },
      },
    });
  } finally {
    Deno.env.delete("LLM_SIM_TEST_KEY");
  }
});

Deno.test("how many runs play at once can be changed, within bounds", async () => {
  await withRest(async ({ ask, app }) => {
    assertEquals((await ask("GET", "/api/settings")).body, { max_concurrent: 5 });
    assertEquals((await ask("PATCH", "/api/settings", { max_concurrent: 2 })).body, { max_concurrent: 2 });
    assertEquals(app.maxConcurrent, 2);
    for (const max_concurrent of [0, 1001, 1.5, "2", null]) {
      assertEquals(told(await ask("PATCH", "/api/settings", { max_concurrent })), "422 invalid_request");
    }
    assertEquals((await ask("GET", "/api/features")).status, 200);
  });
});

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  const giveUp = performance.now() + 20_000;
  while (!await condition()) {
    if (performance.now() > giveUp) throw new Error("it did not happen within 20 seconds");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
