/**
 * Bad input, through the loader and the domain: each is refused with a code, at its place (marked « in the text, or ‹ where only the line is certain), with a
 * hint, and without anything being written.
 */

import { dirname, join } from "node:path";
import { formatIssue, type Issue, SimError } from "../../framework/mod.ts";
import { parseSetting } from "../../framework/scenario/mod.ts";
import { type App, openApp } from "../../runner/mod.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import { cli, SCENARIOS, withFolder } from "./support.ts";

/** Sections of a scenario that runs; a case replaces some. */
const SECTIONS = {
  domain: "domain: economic",
  simulation: "simulation: { name: bad, max_turns: 5 }",
  engine: "engine: { type: economic, interest_rate: 0.1 }",
  validator: "validator: { type: always_valid }",
  agents: "agents: [{ name: A, type: nation, initial_economic_strength: 10 }]",
  state_variables:
    "state_variables: { agent_vars: { economic_strength: { type: float, default: 1 } }, global_vars: { total_economic_value: { type: float, default: 0 } } }",
};

function scenario(changes: Partial<typeof SECTIONS> = {}, more = ""): string {
  return [...Object.values({ ...SECTIONS, ...changes }), more].filter((line) => line !== "").join("\n") + "\n";
}

/** One scenario that must be refused. */
interface BadInput {
  readonly name: string;
  /** Texts by file name, the first one is started; the mark is where the error points, and is taken out. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly set?: readonly string[];
  /** Links made before: name → target. */
  readonly links?: Readonly<Record<string, string>>;
  readonly code: string;
  readonly message: RegExp;
  readonly hint?: RegExp;
}

/** A case of one file. */
function bad(name: string, text: string, code: string, message: RegExp, hint?: RegExp): BadInput {
  return { name, files: { "bad.yaml": text }, code, message, ...(hint && { hint }) };
}

const engine = (line: string) => scenario({ engine: line });
const agents = (line: string) => scenario({ agents: line });
const NETWORK = (file: string) => scenario({}, `spatial: { topology: { type: network, edges_file: «${file} } }`);

const CASES: readonly BadInput[] = [
  bad("an empty file", "«", "empty_file", /empty/, /template/),
  bad("a bomb of aliases", bomb(), "aliases_too_large", /expanded/, /./),
  bad("a tab", "simulation:\n«\tname: x\n", "tab_indentation", /tab/, /spaces/),
  bad(
    "a duplicate key",
    scenario() + "«engine: { type: market }\n",
    "duplicate_key",
    /'engine' appears twice/,
    /line 3/,
  ),
  bad(
    "a list for a text",
    scenario({ simulation: "simulation: { «name: [a], max_turns: 5 }" }),
    "invalid_value",
    /name/,
  ),
  bad(
    "a text for a number",
    scenario({ simulation: "simulation: { name: a, max_turns: «ten }" }),
    "invalid_value",
    /'ten'/,
  ),
  bad("an unknown key", scenario({}, "«metrcs: {}"), "unknown_key", /'metrcs'/, /did you mean 'metrics'/),
  bad(
    "an unknown agent type",
    agents("agents: [{ name: A, type: «natoin }]"),
    "unknown_component",
    /'natoin'/,
    /did you mean 'nation'/,
  ),
  bad(
    "an unknown engine",
    engine("engine: { type: «ekonomic }"),
    "unknown_component",
    /'ekonomic'/,
    /did you mean 'economic'/,
  ),
  bad(
    "a path as agent type",
    agents("agents: [{ name: A, type: «../../x }]"),
    "bad_type",
    /'\.\.\/\.\.\/x'/,
    /lower case/,
  ),
  bad("a path as engine", engine("engine: { type: «../../x }"), "bad_type", /'\.\.\/\.\.\/x'/, /lower case/),
  bad("a path as domain", scenario({ domain: "domain: «../../x" }), "bad_domain", /'\.\.\/\.\.\/x'/),
  bad(
    "two agents of one name",
    agents("agents: [{ name: A, type: nation }, { name: «A, type: nation }]"),
    "duplicate_agent",
    /'A'/,
  ),
  bad("no agents", agents("«agents: []"), "no_agents", /no agents/, /add one/),
  bad("no turns", scenario({ simulation: "simulation: { name: a, max_turns: «0 }" }), "invalid_value", /≥ 1, not 0/),
  bad("not a number", engine("engine: { type: economic, interest_rate: «.nan }"), "not_finite", /'\.nan'/, /finite/),
  bad("an infinity", engine("engine: { type: economic, interest_rate: «.inf }"), "not_finite", /'\.inf'/),
  bad("a negative infinity", engine("engine: { type: economic, interest_rate: «-.inf }"), "not_finite", /'-\.inf'/),
  bad("a number too large", engine("engine: { type: economic, interest_rate: «1e999 }"), "not_finite", /'1e999'/),
  bad(
    "an unknown domain",
    scenario({ domain: "domain: «econmic" }),
    "unknown_domain",
    /'econmic'/,
    /did you mean 'economic'/,
  ),
  bad(
    "no domain that has everything",
    scenario({ domain: "", agents: "agents: [{ name: A, type: wizard }]" }).replace(/^/, "«"),
    "no_domain",
    /agent 'wizard'/,
    /deno task domains/,
  ),
  bad(
    "a batch",
    "«batch: { seeds: [1, 2] }\n",
    "use_batch",
    /describes a batch/,
    /use batch/,
  ),

  // what only the domain knows
  bad(
    "an unknown inline setting",
    engine("engine: { type: economic, ‹intrest_rate: 0.1 }"),
    "unknown_key",
    /'intrest_rate'/,
    /did you mean 'interest_rate'/,
  ),
  bad(
    "an unknown setting under config",
    engine("engine:\n  type: economic\n  config:\n    ‹intrest_rate: 0.1"),
    "unknown_key",
    /'intrest_rate'/,
    /did you mean 'interest_rate'/,
  ),
  bad(
    "an inline setting out of bounds",
    engine("engine: { type: economic, interest_rate: «7 }"),
    "bad_setting",
    /interest_rate/,
  ),
  bad(
    "a setting under config out of bounds",
    engine("engine: { type: economic, config: { interest_rate: «7 } }"),
    "bad_setting",
    /interest_rate/,
  ),
  bad(
    "a strategy that no nation has",
    agents("agents: [{ name: A, type: nation, strategy: «grwo }]"),
    "bad_setting",
    /strategy/,
  ),
  bad(
    "a strategy under config that no nation has",
    agents("agents: [{ name: A, type: nation, config: { strategy: «grwo } }]"),
    "bad_setting",
    /strategy/,
  ),

  // files
  {
    name: "a file that extends itself",
    files: { "bad.yaml": "extends: «bad.yaml\n" + scenario() },
    code: "extends_cycle",
    message: /circle/,
    hint: /remove/,
  },
  {
    name: "files that extend each other",
    files: { "bad.yaml": "extends: other.yaml\n" + scenario(), "other.yaml": "extends: «bad.yaml\n" },
    code: "extends_cycle",
    message: /circle/,
    hint: /remove/,
  },
  {
    name: "files of one name that extend each other's neighbours",
    files: {
      "bad.yaml": "extends: sub/base.yaml\n" + scenario({ engine: "" }),
      "sub/base.yaml": "extends: ../base.yaml\n",
      "base.yaml": "extends: sub/more.yaml\n",
      "sub/more.yaml": "engine: { type: economic, interest_rate: «x }\n",
    },
    code: "bad_setting",
    message: /interest_rate/,
  },
  {
    name: "an error in a file that is extended",
    files: {
      "bad.yaml": "extends: other.yaml\n" + scenario({ engine: "" }),
      "other.yaml": "engine: { type: economic, interest_rate: «x }\n",
    },
    code: "bad_setting",
    message: /interest_rate/,
  },
  {
    name: "a base that is missing",
    files: { "bad.yaml": "extends: «none.yaml\n" + scenario() },
    code: "missing_file",
    message: /'none\.yaml'/,
    hint: /beside/,
  },
  {
    name: "a base outside",
    files: { "bad.yaml": "extends: «../outside.yaml\n" + scenario() },
    code: "file_outside",
    message: /'\.\.\/outside\.yaml' lies outside/,
    hint: /move/,
  },
  {
    name: "an absolute path outside",
    files: { "bad.yaml": NETWORK("/etc/passwd") },
    code: "file_outside",
    message: /'\/etc\/passwd' lies outside/,
    hint: /move/,
  },
  {
    name: "a link to a file outside",
    files: { "bad.yaml": NETWORK("edges.csv") },
    links: { "edges.csv": "/etc/passwd" },
    code: "file_outside",
    message: /'edges\.csv' lies outside/,
    hint: /move/,
  },
  {
    name: "a file below a link to a folder outside",
    files: { "bad.yaml": NETWORK("sub/passwd") },
    links: { "sub": "/etc" },
    code: "file_outside",
    message: /'sub\/passwd' lies outside/,
  },

  // settings from outside the file
  {
    name: "a setting of an unknown path",
    files: { "bad.yaml": scenario() },
    set: ["simulaton.max_turns=3"],
    code: "unknown_path",
    message: /simulaton/,
    hint: /did you mean 'simulation'/,
  },
  {
    name: "a setting of no turns",
    files: { "bad.yaml": scenario() },
    set: ["simulation.max_turns=0"],
    code: "invalid_value",
    message: /≥ 1, not 0/,
  },
  {
    name: "a setting that the engine refuses",
    files: { "bad.yaml": scenario() },
    set: ["engine.interest_rate=7"],
    code: "bad_setting",
    message: /interest_rate/,
  },
  {
    name: "a setting that the engine does not have",
    files: { "bad.yaml": scenario() },
    set: ["engine.intrest_rate=7"],
    code: "unknown_key",
    message: /'intrest_rate'/,
    hint: /did you mean/,
  },
  {
    name: "a strategy set to one that no nation has",
    files: { "bad.yaml": scenario() },
    set: ["agents.A.strategy=grwo"],
    code: "bad_setting",
    message: /strategy/,
  },
];

/** Eight levels of sixteen aliases each: four thousand million texts when written out. */
function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, i) => {
    const inner = i === 0 ? `"lol"` : `*l${i - 1}`;
    return `l${i}: &l${i} [${Array(i === 0 ? 1 : 16).fill(inner).join(", ")}]`;
  });
  return levels.map((level, i) => i === 5 ? `‹${level}` : level).join("\n") + "\n";
}

/** The text without its mark, and what the place starts with: line and column for «, the line for ‹. */
function unmarked(text: string): { text: string; place?: string } {
  const at = text.search(/[«‹]/);
  if (at < 0) return { text };
  const before = text.slice(0, at).split("\n");
  const place = text[at] === "«" ? `${before.length}:${before.at(-1)!.length + 1}: error[` : `${before.length}:`;
  return { text: text.replace(text[at]!, ""), place };
}

/** Writes the files of a case below `folder`; returns the first one's path and where the error must be. */
async function write(folder: string, input: BadInput): Promise<{ file: string; place: string | undefined }> {
  await Deno.mkdir(folder);
  let place: string | undefined;
  for (const [name, content] of Object.entries(input.files)) {
    const { text, place: marked } = typeof content === "string" ? unmarked(content) : { text: content };
    if (marked !== undefined) place = join(folder, `${name}:${marked}`);
    await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
    if (typeof text === "string") await Deno.writeTextFile(join(folder, name), text);
    else await Deno.writeFile(join(folder, name), text);
  }
  for (const [name, target] of Object.entries(input.links ?? {})) await Deno.symlink(target, join(folder, name));
  return { file: join(folder, Object.keys(input.files)[0]!), place };
}

async function issuesOf(app: App, file: string, set: readonly string[] = []): Promise<readonly Issue[]> {
  const settings = set.map((text) => ({ ...parseSetting(text), from: "--set" }));
  const error = await assertRejects(() => app.start({ file, set: settings }));
  assertTrue(error instanceof SimError, String(error));
  return error.issues.filter(({ severity }) => severity === "error");
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test("bad scenarios are refused at their place, and nothing is written", async (t) => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "outside.yaml"), scenario());
    const output = join(folder, "output");
    const app = await openApp({ output });
    try {
      for (const [i, input] of CASES.entries()) {
        await t.step(input.name, async () => {
          const { file, place } = await write(join(folder, `case${i}`), input);
          const [issue, ...more] = await issuesOf(app, file, input.set);
          const text = formatIssue(issue!);
          assertEquals(issue!.code, input.code, text);
          assertMatches(issue!.message, input.message);
          if (input.hint) assertMatches(issue!.hint ?? "", input.hint);
          if (input.set) assertTrue(text.startsWith("--set: error["), text);
          else assertTrue(text.startsWith(`${place}`), `${text}, not at ${place}`);
          assertEquals(more.map(formatIssue), []);
          assertTrue(!exists(output), "the output folder was made");
        });
      }
    } finally {
      await app.close();
    }
  });
});

Deno.test("files that are no scenarios are refused by name", async (t) => {
  await withFolder(async (folder) => {
    const output = join(folder, "output");
    const text = (size: number) => scenario() + "#".repeat(size);
    const deep = "[".repeat(40) + "]".repeat(40);
    const files: [name: string, make: (path: string) => Promise<void>, code: string, message: RegExp, hint?: RegExp][] =
      [
        ["none.yaml", () => Promise.resolve(), "missing_file", /there is no file '.*none\.yaml'/, /in .*other\.yaml/],
        ["none/x.yaml", () => Promise.resolve(), "missing_file", /there is no file/, /folder '.*none' does not exist/],
        ["other.yaml/x.yaml", () => Promise.resolve(), "missing_file", /there is no file/],
        ["folder", (path) => Deno.mkdir(path), "missing_file", /is a folder, not a scenario/],
        ["latin1.yaml", (path) => Deno.writeFile(path, latin1()), "not_text", /is not UTF-8/],
        ["large.yaml", (path) => Deno.writeTextFile(path, text(1024 * 1024)), "scenario_too_large", /bytes/],
        [
          "deep.yaml",
          (path) => Deno.writeTextFile(path, scenario({}, `llm: ${deep}`)),
          "too_deep",
          /nested/,
        ],
      ];
    await Deno.writeTextFile(join(folder, "other.yaml"), scenario());
    const app = await openApp({ output });
    try {
      for (const [name, make, code, message, hint] of files) {
        await t.step(name, async () => {
          const file = join(folder, name);
          await make(file);
          const [issue, ...more] = await issuesOf(app, file);
          assertEquals(issue!.code, code, formatIssue(issue!));
          assertMatches(issue!.message, message);
          if (hint) assertMatches(issue!.hint ?? "", hint);
          assertEquals(more, []);
          assertTrue(formatIssue(issue!).includes(file), formatIssue(issue!));
          assertTrue(!exists(output));
        });
      }
    } finally {
      await app.close();
    }
  });
});

/** A scenario in an encoding of its own: é is one byte. */
function latin1(): Uint8Array {
  return Uint8Array.from(scenario({}, "# déjà"), (character) => character.charCodeAt(0));
}

Deno.test("a broken llm-sim.yaml is refused at its place", async (t) => {
  const configs: [name: string, text: string, code: string, message: RegExp][] = [
    ["an unknown key", "max_concurrent: 3\nmax_concurent: «3\n", "unknown_key", /'max_concurent'/],
    ["a text for a number", "max_concurrent: «many\n", "bad_config", /max_concurrent/],
    ["a tab", "server:\n«\thost: x\n", "tab_indentation", /tab/],
    ["a duplicate key", "output_root: a\n«output_root: b\n", "duplicate_key", /output_root/],
    ["a path as name", "simulation_repos: [{ name: «../x, path: y }]\n", "bad_config", /simulation_repos/],
  ];
  await withFolder(async (folder) => {
    const config = join(folder, "llm-sim.yaml");
    for (const [name, marked, code, message] of configs) {
      await t.step(name, async () => {
        const { text, place } = unmarked(marked);
        await Deno.writeTextFile(config, text);
        const error = await assertRejects(() => openApp({ config, output: join(folder, "output") }), code);
        assertTrue(error instanceof SimError);
        const said = formatIssue(error.issues[0]!);
        assertTrue(said.startsWith(`${config}:${place}`), said);
        assertMatches(error.issues[0]!.message, message);
      });
    }
    await t.step("a domain that is not there", async () => {
      await Deno.writeTextFile(config, "simulation_repos: [{ name: mine, path: nowhere }]\n");
      const app = await openApp({ config, output: join(folder, "output") });
      try {
        const error = await assertRejects(() => app.describeDomain("mine"), "broken_repo");
        assertMatches(error.message, /nowhere/);
      } finally {
        await app.close();
      }
    });
    assertTrue(!exists(join(folder, "output")));
  });
});

Deno.test("the command line says it all on stderr, with file, line and column, and exits 2", () =>
  withFolder(async (folder) => {
    const output = join(folder, "output");
    const file = join(folder, "bad.yaml");
    await Deno.writeTextFile(file, scenario({ engine: "engine: { type: economic, interest_rate: 7 }" }, "metrcs: {}"));
    const growth = join(SCENARIOS, "growth.yaml");
    const lines: [args: string[], says: RegExp][] = [
      [["run", file], /bad\.yaml:7:1: error\[unknown_key\]: a scenario has no key 'metrcs'\n {2}hint: did you mean/],
      [["run", join(folder, "none.yaml")], /^error\[missing_file\]: there is no file '.*none\.yaml'\n {2}hint: /],
      [["run", folder], /^error\[missing_file\]: '.*' is a folder/],
      [["run", growth, "--set", "engine.x"], /^--set: error\[bad_setting\]: 'engine\.x' is not of the form/],
      [["run", growth, "--max-turns", "0"], /^--max-turns: error\[invalid_value\]: .*not 0/],
      [["run", growth, "--label", "a b"], /^error\[bad_label\]: 'a b'/],
      [["run", growth, "--config", join(folder, "none.yaml")], /^error\[missing_config\]/],
      [["run", growth, "--config", folder], /^error\[\w+\]: .*directory|folder/i],
      [["run", growth, "--output", join(file, "x")], /^error\[output_not_writable\]: /],
    ];
    const results = await Promise.all(lines.map(([args]) => cli([...args, ...outputOption(args, output)])));
    for (const [i, { code, stdout, stderr }] of results.entries()) {
      assertEquals(code, 2, stderr);
      assertEquals(stdout, "");
      assertMatches(stderr, lines[i]![1]);
      // Nothing of the program's own insides.
      assertTrue(!/\n {4}at |internal_error/.test(stderr), stderr);
    }
    assertTrue(!exists(output));
  }));

/** The option that names the output folder, where a line does not name one itself. */
function outputOption(args: readonly string[], output: string): string[] {
  return args.includes("--output") ? [] : ["--output", output];
}
