import { BatchFiles } from "../../runner/store/batches.ts";
import { cellsOf, firstBlock, membersOf } from "../../runner/batch/plan.ts";
import { querySchema } from "../../runner/sql/mod.ts";
import { assertEquals, assertRejects, assertTrue } from "../support/assert.ts";
import { withWorld } from "./world.ts";

const ROW = { gdp: 10, "metric.gini": 0.25 };

Deno.test("runs is the manifest, nested names joined by _, and the last row of each log", () =>
  withWorld(async (world) => {
    world.run("a_2agents_20261126_120000_01", {
      manifest: {
        labels: { team: "red", "odd key'": "v" },
        parent: { run_id: "b", turn: 1 },
        validity: { state: "void", reasons: ["models failed"] },
        cost: { usd: 0.5, input_tokens: 3, output_tokens: 4, calls: 5, reused_calls: 6 },
        ended_at: "2026-11-26T12:00:02.123Z",
        error: { code: "agent_failed", message: "no", turn: 2 },
        models: ["x", "y"],
      },
      global: [{ turn: 0, ...ROW }, { turn: 2, gdp: 30, "metric.gini": null }, {
        turn: 1,
        gdp: 20,
        "metric.gini": 0.3,
      }],
    });
    const { columns, rows } = await world.ask(
      "select status, seed, created_at, ended_at - created_at as took, parent_run_id, parent_turn, validity_state, " +
        "validity_reasons, cost_usd, cost_calls, labels, labels['team'], error_code, models, final_gdp, final_gini from runs",
    );
    assertEquals(rows, [[
      ...["completed", 1, "2026-11-26T12:00:00.123Z", "00:00:02", "b", 1, "void"],
      ...[["models failed"], 0.5, 5, { team: "red", "odd key'": "v" }, "red", "agent_failed", ["x", "y"], 30, null],
    ]]);
    assertEquals(columns.slice(0, 3), [
      { name: "status", type: "VARCHAR" },
      { name: "seed", type: "BIGINT" },
      { name: "created_at", type: "TIMESTAMP" },
    ]);
  }));

Deno.test("turns, metrics and agents hold every recorded row with the id of its run", () =>
  withWorld(async (world) => {
    for (const [i, run] of ["a", "b"].entries()) {
      world.run(run, {
        global: [{ turn: 0, gdp: i, "metric.gini": 0.1 }, { turn: 1, gdp: i + 0.5, "metric.gini": 0.2 }],
        agents: [{ turn: 1, agent: "X", wealth: 3 }, { turn: 1, agent: "Y", wealth: 4.5 }],
      });
    }
    assertEquals(await world.rows("select * from turns order by run_id, turn"), [
      ["a", 0, 0, 0.1],
      ["a", 1, 0.5, 0.2],
      ["b", 0, 1, 0.1],
      ["b", 1, 1.5, 0.2],
    ]);
    assertEquals(await world.rows("from metrics where run_id = 'b' order by turn"), [
      ["b", 0, "gini", 0.1],
      ["b", 1, "gini", 0.2],
    ]);
    assertEquals(await world.rows("select agent, sum(wealth) from agents group by agent order by agent"), [
      ["X", 6],
      ["Y", 9],
    ]);
    assertEquals(
      await world.rows(
        "select r.run_id, a.agent, t.gdp from runs r join agents a using (run_id) join turns t " +
          "on t.run_id = a.run_id and t.turn = a.turn where a.wealth > 4 order by 1",
      ),
      [["a", "Y", 0.5], ["b", "Y", 1.5]],
    );
  }));

Deno.test("events and calls are read with their nested parts as JSON", () =>
  withWorld(async (world) => {
    world.run("a", {
      events: [{
        id: 1,
        event_id: "01",
        timestamp: "2026-11-26T12:00:00Z",
        turn_number: 1,
        event_type: "ACTION",
        simulation_id: "a",
        agent_id: "X",
        caused_by: [1],
        details: { action_type: "grow", reason: 'it\'s "so"' },
      }],
      llm: [{
        seq: 1,
        kind: "llm",
        agent: "X",
        turn: 1,
        purpose: "decide",
        n: 1,
        attempt: 1,
        key: "k",
        provider: "p",
        model: "m",
        request: { messages: [{ role: "user", content: "hello" }] },
        usage: { input_tokens: 7, output_tokens: 2 },
        cost_usd: 0.25,
        latency_ms: 12.5,
        at: "2026-11-26T12:00:00Z",
      }],
    });
    assertEquals(
      await world.rows(
        "select run_id, id, event_type, details, details->>'action_type', caused_by, timestamp from events",
      ),
      [["a", 1, "ACTION", { action_type: "grow", reason: 'it\'s "so"' }, "grow", [1], "2026-11-26T12:00:00.000Z"]],
    );
    assertEquals(
      await world.rows("select agent, usage.input_tokens, cost_usd, request->>'$.messages[0].content', error from llm"),
      [["X", 7, 0.25, "hello", null]],
    );
  }));

Deno.test("a batch is a table: its runs, with arm and parameters", () =>
  withWorld(async (world) => {
    const spec = {
      scenario: "s.yaml",
      grid: {
        rate: { path: "engine.rate", values: [0.1, 0.2] },
        status: { path: "engine.status", values: ["low", "high"] },
      },
      seeds: [1, 2],
    };
    const cells = cellsOf(spec);
    const blocks = [firstBlock(spec), { seeds: [3], samples: 1 }];
    const files = new BatchFiles(world.root);
    const id = files.create(
      "odd 'name\"",
      new Date("2026-11-26T12:00:00Z"),
      () => ({ format: 1, cells, blocks } as never),
    );
    const members = [...membersOf(cells, blocks)];
    for (const { n, seed } of members) {
      // The last one could not be started.
      const run_id = n === members.length - 1 ? null : `run_${n}`;
      if (n === 0) files.appendMember(id, { n, run_id: "before_it_was_made_anew", reused: false });
      files.appendMember(id, { n, run_id, reused: false });
      if (run_id !== null) world.run(run_id, { manifest: { seed: seed! }, global: [{ turn: 0, gdp: n }] });
    }
    world.run("another");
    const expected = members.slice(0, -1).map(({ n, cell, seed }) => {
      const { rate, status } = cells[cell]!.params;
      return [`run_${n}`, n, cell, null, rate!, status!, seed!, n];
    });
    assertEquals(
      await world.rows(`select run_id, n, cell, arm, rate, status, seed, final_gdp from "${id}" order by n`),
      expected,
    );
    const { tables } = await querySchema(world);
    const batch = tables.find(({ name }) => name === id)!;
    assertEquals(batch.columns.slice(0, 6).map(({ name, type }) => `${name} ${type}`), [
      ...["run_id VARCHAR", "n BIGINT", "cell BIGINT", "arm VARCHAR", "rate DOUBLE", "status VARCHAR"],
    ]);
    assertEquals(
      await world.rows(`select count(*) from "${id}" b join runs r using (run_id) where r.status = 'completed'`),
      [
        [expected.length],
      ],
    );
  }));

Deno.test("rows of other shapes stand beside each other, and what a run has not recorded is null", () =>
  withWorld(async (world) => {
    world.run("a", {
      agents: [{ turn: 0, agent: "X", wealth: 1 }, { turn: 1, agent: "X", wealth: 1.5, mood: "calm" }],
    });
    world.run("b", { agents: [{ turn: 0, agent: "X", mood: null, wealth: "much", place: { x: 1 } }] });
    world.run("c", { agents: [{ turn: 0, agent: "X", mood: "2026-01-01" }, { turn: 1, agent: "X", mood: "rain" }] });
    world.run("d", { manifest: { status: "queued" } });
    assertEquals(await world.rows("select run_id, turn, wealth, mood, place from agents order by 1, 2"), [
      ["a", 0, 1, null, null],
      ["a", 1, 1.5, "calm", null],
      ["b", 0, "much", null, { x: 1 }],
      ["c", 0, null, "2026-01-01", null],
      ["c", 1, null, "rain", null],
    ]);
  }));

Deno.test("whole numbers that turn into fractions later are not rounded", () =>
  withWorld(async (world) => {
    const rows = Array.from({ length: 30_000 }, (_, turn) => ({ turn, x: turn < 25_000 ? 1 : 1.5 }));
    world.run("a", { global: rows });
    assertEquals(await world.rows("select sum(x) from turns"), [[25_000 + 1.5 * 5000]]);
  }));

Deno.test("a half-written last line is left out, and nothing else", () =>
  withWorld(async (world) => {
    world.run("a", { global: [{ turn: 0, x: 1 }, { turn: 1, x: 2 }, '{"turn":2,"x'] });
    world.run("b", { global: ['{"turn":0'] });
    world.run("c", {
      events: [{ id: 1, event_type: "ACTION" }, '{"id":2,"event_type":"ACT'],
      llm: ['{"seq":1'],
      global: [],
    });
    assertEquals(
      await world.rows("select run_id, t.turn, x, final_x from turns t left join runs using (run_id) order by 2"),
      [
        ["a", 0, 1, 2],
        ["a", 1, 2, 2],
      ],
    );
    assertEquals(await world.rows("select (select count(*) from events), (select count(*) from llm)"), [[1, 0]]);
  }));

Deno.test("only runs are read: no folder without manifest, none that is hidden, no link, no broken manifest", () =>
  withWorld(async (world, folder) => {
    const global = [{ turn: 0, x: 1 }];
    world.run("a", { global });
    world.run(".removed-b", { global });
    world.run(".replay/c", { global });
    world.run("d", { global });
    Deno.removeSync(`${world.root}/d/manifest.json`);
    world.run("broken", { global });
    world.write("broken/manifest.json", "{");
    Deno.mkdirSync(`${folder}/elsewhere`);
    Deno.writeTextFileSync(`${folder}/elsewhere/manifest.json`, "{}");
    Deno.writeTextFileSync(`${folder}/elsewhere/global.jsonl`, '{"turn":0,"x":"secret"}\n');
    Deno.symlinkSync(`${folder}/elsewhere`, `${world.root}/linked`);
    world.run("e");
    Deno.symlinkSync(`${folder}/elsewhere/global.jsonl`, `${world.root}/e/global.jsonl`);
    assertEquals(await world.rows("select run_id from runs order by 1"), [["a"], ["e"]]);
    assertEquals(await world.rows("select run_id, x from turns order by 1"), [["a", 1], ["broken", 1]]);
  }));

Deno.test("tables that no run has a log for are empty, not missing", () =>
  withWorld(async (world) => {
    world.run("a");
    for (const table of ["turns", "metrics", "agents", "events", "llm"]) {
      assertEquals(await world.rows(`select * from ${table}`), [], table);
    }
    assertEquals(await world.rows("select run_id from runs"), [["a"]]);
  }));

Deno.test("names of variables may be any text", () =>
  withWorld(async (world) => {
    const odd = { "it's": 1, 'say "so"': 2, "Größe": 3, "run_id": 4, "filename": 5, "select": 6 };
    world.run("a", { global: [{ turn: 0, ...odd, "metric.it's": 7 }] });
    assertEquals(
      await world.rows(`select run_id, "it's", "say ""so""", Größe, filename, "select" from turns`),
      [["a", 1, 2, 3, 5, 6]],
    );
    assertEquals(await world.rows("select metric, value from metrics"), [["it's", 7]]);
    assertEquals(await world.rows(`select "final_it's", "final_metric.it's" from runs`), [[1, 7]]);
  }));

Deno.test("of names that differ in case alone one column is made", () =>
  withWorld(async (world) => {
    world.run("a", { global: [{ turn: 0, gdp: 1 }] });
    world.run("b", { global: [{ turn: 0, GDP: 2 }] });
    assertEquals((await world.ask("select * from turns")).columns.length, 3);
  }));

Deno.test("a condition on run_id reads these runs alone and changes no answer", () =>
  withWorld(async (world) => {
    for (const run of ["a", "b", "c"]) world.run(run, { global: [{ turn: 0, x: 1, [`only_${run}`]: 1 }] });
    assertEquals(await world.rows("select run_id from turns where run_id = 'b' and x = 1"), [["b"]]);
    assertEquals(await world.rows("select run_id from turns t where t.run_id in ('c', 'a') order by 1"), [["a"], [
      "c",
    ]]);
    assertEquals(await world.rows("select run_id from turns where run_id = 'b' or x = 1 order by 1"), [["a"], ["b"], [
      "c",
    ]]);
    assertEquals(await world.rows("select count(*) from turns where not run_id = 'b'"), [[2]]);
    assertEquals(
      await world.rows("select b.run_id from turns a join turns b on a.turn = b.turn where a.run_id = 'a' order by 1"),
      [["a"], ["b"], ["c"]],
    );
    assertEquals(
      await world.rows("select t.run_id from turns t, unnest(['a']) u(run_id) where u.run_id = 'a' order by 1"),
      [["a"], ["b"], ["c"]],
    );
    assertEquals(await world.rows("select count(*), (select count(*) from turns) from turns where run_id = 'a'"), [[
      1,
      3,
    ]]);
    assertEquals(await world.rows("select x from turns where run_id = 'nobody'"), []);
    // That the others are not even looked at shows in the columns.
    const { columns } = await world.ask("select * from turns where run_id = 'b'");
    assertEquals(columns.map(({ name }) => name), ["run_id", "turn", "x", "only_b"]);
  }));

Deno.test("the schema names every table with its columns", () =>
  withWorld(async (world) => {
    world.run("a", { global: [{ turn: 0, ...ROW, open: true }], agents: [{ turn: 0, agent: "X", mood: "calm" }] });
    const { tables } = await querySchema(world);
    assertEquals(tables.map(({ name }) => name), ["runs", "turns", "metrics", "agents", "events", "llm"]);
    assertTrue(tables.every(({ description, columns }) => description !== "" && columns[0]!.name === "run_id"));
    assertEquals(tables[1]!.columns.map(({ name, type }) => `${name} ${type}`), [
      ...["run_id VARCHAR", "turn BIGINT", "gdp DOUBLE", "metric.gini DOUBLE", "open BOOLEAN"],
    ]);
    const named = tables.flatMap(({ name, columns }) => columns.map((column) => [name, column.name, column.type]));
    const described = [];
    for (const { name } of tables) {
      for (const [column, type] of await world.rows(`select column_name, column_type from (describe ${name})`)) {
        described.push([name, column, type]);
      }
    }
    assertEquals(described, named);
  }));

Deno.test("without runs there is an error that says so, but sums can be done", () =>
  withWorld(async (world) => {
    await assertRejects(() => world.ask("select * from runs"), "no_runs");
    assertEquals(await world.rows("select 1 + 1"), [[2]]);
    await Deno.remove(world.root);
    await assertRejects(() => world.ask("select * from runs"), "no_runs");
  }));
