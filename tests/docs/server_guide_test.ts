import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { follow, freePort, output, page, ranWith, withRepository } from "./guide.ts";

const guide = await page("guide/server.md");

Deno.test("what 'The server' shows is what happens", () =>
  withRepository(async (folder) => {
    const port = freePort();
    const replace = {
      "http://127.0.0.1:8000": `http://127.0.0.1:${port}`,
      "deno task serve --max-concurrent 3": `deno task serve --max-concurrent 3 --port ${port} --output output`,
      "deno task keys create ci": "deno task keys create ci --output output",
      "deno task keys list": "deno task keys list --output output",
      "deno task keys revoke ci": "deno task keys revoke ci --output output",
    };
    const ran = await follow(guide, folder, { replace });
    const json = (part: string) => JSON.parse(output(ran, part));
    const read = (file: string) => Deno.readTextFileSync(`${folder}/${file}`);

    // The five endpoints, in the shapes of the page.
    const started = json("tee started.json");
    assertEquals(Object.keys(started), ["run_id", "status"]);
    assertEquals(started.status, "queued");
    const [first] = json("limit=10");
    assertEquals(Object.keys(first).slice(0, 5), ["run_id", "status", "repo", "current_turn", "max_turns"]);
    assertEquals([first.run_id, first.max_turns], [started.run_id, 120]);
    const detail = JSON.parse(ran.find(({ command }) => command.endsWith("/api/simulations/$(cat run)"))!.stdout);
    assertEquals(Object.keys(detail).slice(0, 5), ["run_id", "status", "current_turn", "max_turns", "state"]);
    assertMatches(output(ran, ".termination_reason"), /^"max_value"\n\{\n {2}"output": 6023\.7/);
    const deletes = ran.filter(({ command }) => command.includes("-X DELETE")).map(({ stdout }) => JSON.parse(stdout));
    assertEquals(deletes[0], { success: true, run_id: read("endless").trim() });
    assertEquals([deletes[1].status, deletes[1].code], [409, "not_running"]);

    const whole = read("events.txt");
    assertMatches(whole, /^id: 1\nevent: event\n/m);
    assertMatches(whole, /\nevent: end\ndata: .*"completed"/);
    const rest = read("rest.txt");
    assertMatches(rest, /^retry: \d+\n\nevent: status\ndata: .*"status":"completed"/);
    assertTrue(/^id: 171$/m.test(rest) && !/^id: 170$/m.test(rest));

    const missing = json("growht.yaml");
    assertEquals([missing.status, missing.code], [422, "missing_file"]);
    assertMatches(missing.hint, /tried .*scenarios\/economic\/growht\.yaml/);
    assertEquals(json('"sed": 3'), [{ path: "body.sed", code: "unknown_key", message: "there is no 'sed' here" }]);
    assertEquals(JSON.parse(read("first.json")).run_id, JSON.parse(read("again.json")).run_id);
    assertEquals(ranWith(ran, "jq -r .code").stdout, "idempotency_conflict\n");

    assertMatches(output(ran, "/advance"), /was wanted/);
    assertMatches(read("talk.txt"), /\nevent: end\ndata: .*"completed"/);
    assertMatches(read("talk.md"), /Book the photographer/);
    assertEquals(json("/turns/3/label").unclear, 2);

    assertEquals(output(ran, "/batches/quote").split("\n")[0], "24");
    assertMatches(output(ran, "summary=true"), /easy is above taylor by 9\.55[^]*fixed is below taylor by 32\.0/);
    assertEquals(read("results.csv").trim().split(/\r?\n/).length, 25);
    assertMatches(read("report.html"), /sweep_policy/);
    assertMatches(output(ran, "/api/compare"), /taylor and fixed part in turn 1/);
    assertMatches(output(ran, "avg(final_debt)"), /^\[\["easy",0\.61/);
    assertEquals(json("select sed"), { line: 1, column: 8, message: "there is no column 'sed'" });

    assertEquals(json('"max_concurrent": 8'), { max_concurrent: 8 });
    assertMatches(output(ran, "/metrics"), /^llm_sim_max_concurrent 8$/m);
    assertMatches(output(ran, "/metrics"), /^llm_sim_runs\{status="cancelled"\} 1$/m);
    assertEquals(json("/health/ready"), { status: "ready" });

    assertMatches(output(ran, "keys list"), /\bci\b.*read,run/);
    const after = ran.slice(ran.findIndex(({ command }) => command.includes("keys list")) + 1);
    assertEquals(
      after.filter(({ command }) => command.includes("jq")).map(({ stdout }) => stdout.trim()),
      ["no_key", "completed", "scope_missing", "completed"],
    );
    assertMatches(read("cookies"), /^#HttpOnly_127\.0\.0\.1\b/m);
    assertMatches(output(ran, "keys revoke"), /^revoked /);
  }));
