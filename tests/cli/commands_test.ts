/** The contract of the commands: exit codes, what is on stdout and what on stderr, documents of `--json`. */

import { join } from "node:path";
import assert from "node:assert/strict";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import {
  cli,
  type CliResult,
  documentOf,
  runsIn,
  SCENARIOS,
  stubbornConfig,
  stubbornScenario,
  withFolder,
} from "./support.ts";

const QUICK = join(SCENARIOS, "quick_test.yaml");
const RUN_KEYS = [
  "run_id",
  "status",
  "turn",
  "termination_reason",
  "output",
  "validity",
  "models",
  "cost",
  "seconds",
  "final",
];
const COMMANDS = [
  "run",
  "validate",
  "resume",
  "fork",
  "replay",
  "export",
  "domains",
  "schema",
  "compile",
  "batch",
  "compare",
];
const RUNS_COMMANDS = ["list", "show", "cancel", "delete", "prune"];
const BATCHES_COMMANDS = ["list", "show", "resume", "extend", "cancel", "delete", "export"];

function assertCode(result: CliResult, code: number): void {
  assertEquals(result.code, code, `${result.stdout}\n${result.stderr}`);
}

/** Checks a failure with `--json`: one document with the error, the same in words on stderr. */
function assertFailure(result: CliResult, exit: number, code: string): void {
  assertCode(result, exit);
  const { error } = documentOf(result);
  assertEquals(error.code, code);
  assertTrue(error.issues.length > 0 && typeof error.message === "string");
  assertTrue(result.stderr.includes(`[${code}]: `), result.stderr);
}

Deno.test("every command explains itself, with an example", async () => {
  const lines = [
    ...COMMANDS.map((name) => [name]),
    ...RUNS_COMMANDS.map((name) => ["runs", name]),
    ...BATCHES_COMMANDS.map((name) => ["batches", name]),
  ];
  const results = await Promise.all(lines.map((words) => cli([...words, "--help"])));
  for (const [i, result] of results.entries()) {
    assertCode(result, 0);
    assertEquals(result.stderr, "");
    for (const option of ["--output <dir>", "--config <file>", "--json"]) assertTrue(result.stdout.includes(option));
    assertTrue(result.stdout.includes(`Examples:\n  deno task ${lines[i]!.join(" ")}`), result.stdout);
    const takesRun = / <run(\.\.\.)?>\n/.test(result.stdout);
    assertEquals(/'last':\s+the\s+newest\s+run/.test(result.stdout), takesRun, result.stdout);
  }
  const overview = await cli(["--help"]);
  for (const name of [...COMMANDS, "runs", "batches"]) assertMatches(overview.stdout, new RegExp(`^  ${name} `, "m"));
});

Deno.test("wrong usage exits 2 and says what is wrong, in the document of --json too", async () => {
  const lines: [args: string[], says: RegExp][] = [
    [["run"], /missing required argument 'scenario'/],
    [["run", "a.yaml", "b.yaml"], /too many arguments/],
    [["run", "a.yaml", "--max-turn", "3"], /unknown option '--max-turn'[^]*did you mean --max-turns\?/],
    [["run", "a.yaml", "--seed", "1.5"], /'1\.5' is not a whole number/],
    [["run", "a.yaml", "--verbosity", "LOUD"], /Allowed choices are MILESTONE/],
    [["rum", "a.yaml"], /unknown command 'rum'[^]*did you mean [^]*run/],
    [["runs", "lst"], /unknown command 'lst'[^]*did you mean list\?/],
    [["export", "last"], /required option '--format/],
    [["fork", "last"], /required option '--turn/],
    [["domains", "--template", "market"], /needs the name of its domain/],
  ];
  const results = await Promise.all(lines.map(([args]) => cli([...args, "--json"])));
  for (const [i, result] of results.entries()) {
    assertFailure(result, 2, "usage");
    assertMatches(result.stderr, lines[i]![1]);
  }
});

Deno.test("a completed run exits 0; its document has the fields of the contract and no others", () =>
  withFolder(async (folder) => {
    const output = join(folder, "out");
    const result = await cli(["run", QUICK, "--json", "--output", output]);
    assertCode(result, 0);
    assertEquals(result.stderr, "");
    const made = documentOf(result);
    assertEquals(Object.keys(made), RUN_KEYS);
    assertEquals(made.status, "completed");
    assertEquals(made.turn, 5);
    assertEquals(made.termination_reason, "min_value");
    assertEquals(made.output, join(output, made.run_id));
    assertEquals(made.validity, { state: "valid", reasons: [] });
    assertTrue(made.seconds > 0);
    assertEquals(Object.keys(made.final), ["global_state", "agents"]);
    assertEquals(Object.keys(made.final.agents), ["NationA", "NationB"]);
    const written = JSON.parse(await Deno.readTextFile(join(made.output, "result.json")));
    assertEquals(made.final.global_state, written.final_state.global_state);
  }));

Deno.test("a run that is read by people ends with a summary on stdout, and nothing else", () =>
  withFolder(async (output) => {
    const result = await cli(["run", QUICK, "--output", output]);
    assertCode(result, 0);
    assertEquals(result.stderr, "");
    const [id] = runsIn(output);
    const lines = result.stdout.split("\n");
    assertMatches(lines[0]!, /^completed in turn 5: min_value \(/);
    // The scenario's reporters, without the prefix of their columns.
    assertMatches(lines[1]!, /^ {2}total {4}[▁-█]{6} {2}250 → 147\.6$/);
    assertMatches(lines[2]!, /^ {2}poorest {2}[▁-█]{6} {2}100 → 59\.05$/);
    assertTrue(result.stdout.includes("NationB"));
    assertTrue(result.stdout.includes(`folder  ${join(output, id!)}\n`));
    // The next command finds the run where it is.
    assertTrue(result.stdout.includes(`next    deno task replay ${id} --output ${output}\n`), result.stdout);
    // deno-lint-ignore no-control-regex -- escape sequences are what must not be there
    assertTrue(!/\x1b/.test(result.stdout));
  }));

Deno.test("--quiet prints the run's folder alone; labels, seed, sample and settings are in the manifest", () =>
  withFolder(async (output) => {
    const result = await cli([
      ...["run", QUICK, "--quiet", "--output", output, "--seed", "7", "--sample", "2", "--max-turns", "3"],
      ...["--label", "team=a", "--label", "keep", "--set", "agents.NationB.strategy=grow", "--verbosity", "MILESTONE"],
    ]);
    assertCode(result, 0);
    const folder = result.stdout.trim();
    assertEquals(folder, join(output, runsIn(output)[0]!));
    const manifest = JSON.parse(await Deno.readTextFile(join(folder, "manifest.json")));
    assertEquals([manifest.seed, manifest.sample, manifest.turn], [7, 2, 3]);
    assertEquals(manifest.labels, { team: "a", keep: "" });
    assertEquals(manifest.scenario_path, QUICK);
    const config = JSON.parse(await Deno.readTextFile(join(folder, "config.json")));
    assertEquals(config.agents[1].config.strategy, "grow");
    assertEquals(config.events.verbosity, "MILESTONE");
  }));

Deno.test("a failed run exits 1; its document has the error, its words are on stderr", () =>
  withFolder(async (folder) => {
    const config = await stubbornConfig(folder);
    const scenario = await stubbornScenario(folder, "idle");
    const output = join(folder, "out");
    const result = await cli(["run", scenario, "--json", "--config", config, "--output", output]);
    assertCode(result, 1);
    const made = documentOf(result);
    assertEquals(Object.keys(made), [...RUN_KEYS, "error"]);
    assertEquals(made.status, "failed");
    assertEquals(made.error.turn, 3);
    assertMatches(made.error.message, /the dam broke/);
    assertMatches(result.stderr, /the dam broke/);
    const shown = await cli(["runs", "show", "last", "--output", output, "--config", config]);
    assertCode(shown, 0);
    assertMatches(shown.stdout, /failed/);
    assertMatches(shown.stderr, /the dam broke/);
    // Where in the domain it happened, below the error.
    assertMatches(shown.stderr, /^ {2,}at FailingEngine\.applyActions .*mod\.ts:\d+:\d+/m);
  }));

Deno.test("what a run logs is on stderr, in the format of the scenario and the environment", () =>
  withFolder(async (folder) => {
    const scenario = await stubbornScenario(folder, "idle");
    const common = ["--config", await stubbornConfig(folder), "--output", join(folder, "out")];
    const run = (more: string[], env = {}) => cli(["run", scenario, ...common, ...more], { env });
    const [plain, production, named, quiet] = await Promise.all([
      run([], { ENVIRONMENT: "" }),
      run([], { ENVIRONMENT: "production" }),
      run(["--set", "logging.format=console", "--json"], { ENVIRONMENT: "production" }),
      run(["--quiet"]),
    ]);
    const consoleLine = "WARNING the dam cracks turn=3";
    assertEquals(plain.stderr.split("\n")[0], consoleLine);
    const { run_id, ...line } = JSON.parse(production.stderr.split("\n")[0]!);
    assertEquals(line, { level: "WARNING", text: "the dam cracks", fields: { turn: 3 } });
    assertTrue(runsIn(join(folder, "out")).includes(run_id), run_id);
    assertEquals(named.stderr.split("\n")[0], consoleLine);
    assertTrue(!quiet.stderr.includes("cracks"), quiet.stderr);
  }));

Deno.test("domains lists and shows what there is; a description cannot steer the terminal", () =>
  withFolder(async (folder) => {
    const config = await stubbornConfig(folder);
    const [list, listed, shown, described, unknown] = await Promise.all([
      cli(["domains", "--config", config]),
      cli(["domains", "--json", "--config", config]),
      cli(["domains", "economic"]),
      cli(["domains", "economic", "--json"]),
      cli(["domains", "ecconomic", "--json"]),
    ]);
    assertCode(list, 0);
    assertMatches(
      list.stdout,
      /^economic {2}.*\n {2}agents: nation, econ_llm, human; engines: economic, market, econ_llm; validators: always_valid/m,
    );
    assertTrue(list.stdout.includes("stubborn  Fails, or waits for ever. Clears no terminal.\n"), list.stdout);
    assertEquals(
      documentOf(listed).domains.map((domain: { name: string }) => domain.name),
      ["classic", "climate", "conversation", "ecology", "economic", "social", "stubborn"],
    );
    assertCode(shown, 0);
    assertMatches(shown.stdout, /^ {4}interest_rate {2}number from -1 to 1, default 0\.05; /m);
    // Settings inside of settings are settings too.
    assertMatches(shown.stdout, /^ {4}demand_shock\.sd {2}/m);
    assertEquals(Object.keys(documentOf(described).templates), ["economic", "market", "llm_market"]);
    assertFailure(unknown, 2, "unknown_domain");
    assertMatches(unknown.stderr, /did you mean 'economic'\?/);
  }));

Deno.test("a template that domains prints runs as it is", () =>
  withFolder(async (folder) => {
    for (const name of ["economic", "market", "llm_market"]) {
      const printed = await cli(["domains", "economic", "--template", name]);
      assertCode(printed, 0);
      const file = join(folder, `${name}.yaml`);
      await Deno.writeTextFile(file, printed.stdout);
      const result = await cli(["run", file, "--json", "--offline", "--output", join(folder, "out")]);
      assertCode(result, 0);
      assertEquals(documentOf(result).status, "completed");
      assertEquals(result.stderr, "");
    }
    const unknown = await cli(["domains", "economic", "--template", "markt", "--json"]);
    assertFailure(unknown, 2, "unknown_template");
    const asJson = documentOf(await cli(["domains", "economic", "--template", "market", "--json"]));
    assertEquals(asJson.template, await Deno.readTextFile(join(folder, "market.yaml")));
  }));

Deno.test("validate reports every file, also batches; all that are shipped are valid", async () => {
  const files = [...Deno.readDirSync(SCENARIOS)].filter(({ name }) => name.endsWith(".yaml"))
    .map(({ name }) => join(SCENARIOS, name)).sort();
  assertEquals(files.length, 10);
  const result = await cli(["validate", ...files]);
  assertCode(result, 0);
  assertEquals(result.stderr, "");
  const lines = result.stdout.trimEnd().split("\n");
  assertEquals(lines.length, 10);
  for (const [i, line] of lines.entries()) assertTrue(line.startsWith(`valid  ${files[i]}: `), line);

  const mixed = await cli(["validate", QUICK, join(SCENARIOS, "none.yaml"), "--json"]);
  assertCode(mixed, 2);
  const document = documentOf(mixed);
  assertEquals(document.valid, false);
  assertEquals(document.scenarios.map((scenario: { valid: boolean }) => scenario.valid), [true, false]);
  assertEquals(document.scenarios[1].issues[0].code, "missing_file");
});

Deno.test("runs list filters, show tells, cancel, prune and delete act, each as text and as one document", () =>
  withFolder(async (folder) => {
    const output = join(folder, "out");
    const at = ["--output", output];
    const json = async (...args: string[]) => documentOf(await cli([...args, "--json", ...at]));
    assertCode(await cli(["runs", "list", ...at]), 0);
    assertEquals(await json("runs", "list"), { runs: [], broken: [] });
    assertFailure(await cli(["runs", "show", "last", "--json", ...at]), 2, "unknown_run");

    const first = await json("run", QUICK, "--label", "keep");
    const parked = await json("run", join(SCENARIOS, "growth.yaml"), "--step");
    assertEquals(parked.status, "paused");
    assertEquals(parked.turn, 1);
    const third = await json("run", QUICK);
    const ids = (document: { runs: { run_id: string }[] }) => document.runs.map((run) => run.run_id);
    assertEquals(ids(await json("runs", "list")), [third.run_id, parked.run_id, first.run_id]);
    assertEquals(ids(await json("runs", "list", "--status", "paused")), [parked.run_id]);
    assertEquals(ids(await json("runs", "list", "--label", "keep")), [first.run_id]);
    assertEquals(ids(await json("runs", "list", "--text", "growth")), [parked.run_id]);
    assertEquals(ids(await json("runs", "list", "--domain", "climate")), []);
    assertEquals(ids(await json("runs", "list", "--limit", "1")), [third.run_id]);
    const table = (await cli(["runs", "list", ...at])).stdout.trimEnd().split("\n");
    assertEquals(table.length, 4);
    assertMatches(table[2]!, new RegExp(`^${parked.run_id} +paused +1/120 +valid `));

    const shown = await json("runs", "show", "growth");
    assertEquals(shown.manifest.run_id, parked.run_id);
    assertEquals(shown.state.turn, 1);
    assertFailure(await cli(["runs", "show", "quick", "--json", ...at]), 2, "ambiguous_run");
    assertFailure(await cli(["runs", "show", "nothing", "--json", ...at]), 2, "unknown_run");

    assertEquals(await json("runs", "cancel", "growth"), { cancelled: [parked.run_id] });
    assertFailure(await cli(["runs", "cancel", "growth", "--json", ...at]), 2, "bad_transition");
    assertFailure(await cli(["resume", "growth", "--json", ...at]), 2, "bad_transition");

    assertEquals(await json("runs", "prune", "--keep-last", "1", "--dry-run"), {
      dry_run: true,
      runs: [parked.run_id, first.run_id],
    });
    assertEquals(runsIn(output).length, 3);
    const unruled = await cli(["runs", "prune", ...at]);
    assertCode(unruled, 0);
    assertMatches(unruled.stdout, /no rule says what may go/);
    assertEquals((await json("runs", "prune", "--keep-last", "2")).runs, [first.run_id]);
    // Nothing goes when one of several does not exist.
    assertFailure(await cli(["runs", "delete", third.run_id, "nothing", "--json", ...at]), 2, "unknown_run");
    assertEquals(await json("runs", "delete", third.run_id, parked.run_id), {
      deleted: [third.run_id, parked.run_id],
    });
    assertEquals(runsIn(output), []);
  }));

Deno.test("a run whose manifest is broken is listed as such and shown to be so", () =>
  withFolder(async (output) => {
    await Deno.mkdir(join(output, "torn_1agents_20260101_000000_01"));
    await Deno.writeTextFile(join(output, "torn_1agents_20260101_000000_01", "manifest.json"), "{");
    const list = await cli(["runs", "list", "--json", "--output", output]);
    assertCode(list, 0);
    assertEquals(documentOf(list).broken, ["torn_1agents_20260101_000000_01"]);
    assertMatches(list.stderr, /bad_manifest/);
    const shown = await cli(["runs", "show", "torn_1agents_20260101_000000_01", "--json", "--output", output]);
    assertFailure(shown, 1, "bad_manifest");
  }));

Deno.test("a fork shares the past and differs after it; what cannot be forked exits 2", () =>
  withFolder(async (output) => {
    const at = ["--json", "--output", output];
    const parent = documentOf(await cli(["run", QUICK, ...at]));
    const forked = await cli(["fork", "last", "--turn", "3", "--set", "engine.interest_rate=0.5", ...at]);
    assertCode(forked, 0);
    const fork = documentOf(forked);
    assertEquals(Object.keys(fork), [...RUN_KEYS, "parent"]);
    assertEquals(fork.parent.run_id, parent.run_id);
    assertEquals(fork.parent.turn, 3);
    assertEquals(fork.turn, 10);
    const rows = (document: { output: string }) =>
      Deno.readTextFileSync(join(document.output, "global.jsonl")).trimEnd().split("\n");
    assertEquals(rows(fork).slice(0, 4), rows(parent).slice(0, 4));
    assert.notEqual(rows(fork)[4], rows(parent)[4]);

    const before = runsIn(output).length;
    const bad: [args: string[], code: string][] = [
      [["--turn", "99"], "bad_turn"],
      [["--turn", "3", "--set", "agents.NationA.initial_economic_strength=5"], "changes_the_past"],
      [["--turn", "3", "--set", "engine.intrest_rate=5"], "unknown_key"],
      [["--turn", "3", "--set", "engine.interest_rate"], "bad_setting"],
    ];
    for (const [args, code] of bad) assertFailure(await cli(["fork", parent.run_id, ...args, ...at]), 2, code);
    assertFailure(await cli(["fork", "nothing", "--turn", "1", ...at]), 2, "unknown_run");
    assertEquals(runsIn(output).length, before);
  }));

Deno.test("a replay ends with the word identical, or exits 1 with the first divergence as its last line", () =>
  withFolder(async (output) => {
    const { run_id, output: folder } = documentOf(await cli(["run", QUICK, "--json", "--output", output]));
    const same = await cli(["replay", "last", "--output", output]);
    assertCode(same, 0);
    assertEquals(same.stdout, `replayed 5 turns of ${run_id}\nidentical\n`);

    const log = join(folder, "global.jsonl");
    await Deno.writeTextFile(log, (await Deno.readTextFile(log)).replace(`"turn":4,`, `"turn":4,"forged":1,`));
    const other = await cli(["replay", "last", "--output", output]);
    assertCode(other, 1);
    assertMatches(other.stdout.trimEnd().split("\n").at(-1)!, /^diverges in global\.jsonl, /);
    const document = documentOf(await cli(["replay", "last", "--json", "--output", output]));
    assertEquals(document.identical, false);
    assertEquals(document.divergence.file, "global.jsonl");
  }));

Deno.test("a completed run cannot be resumed; the hint says what can be done instead", () =>
  withFolder(async (output) => {
    const { run_id } = documentOf(await cli(["run", QUICK, "--json", "--output", output]));
    const result = await cli(["resume", run_id, "--json", "--output", output]);
    assertFailure(result, 2, "bad_transition");
    assertMatches(result.stderr, /is completed\n {2}hint: .*fork/);
  }));

Deno.test("resume --step plays one turn and parks again", () =>
  withFolder(async (output) => {
    await cli(["run", QUICK, "--step", "--output", output]);
    const stepped = await cli(["resume", "last", "--step", "--json", "--output", output]);
    assertCode(stepped, 130);
    const document = documentOf(stepped);
    assertEquals(Object.keys(document), RUN_KEYS);
    assertEquals([document.status, document.turn], ["paused", 2]);
  }));
