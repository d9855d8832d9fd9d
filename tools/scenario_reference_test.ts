import { join } from "node:path";
import { formatIssue, type Issue } from "../framework/mod.ts";
import { loadScenario, wholeScenarioJsonSchema } from "../framework/scenario/mod.ts";
import { ROOT } from "../runner/mod.ts";
import { assertEquals } from "../tests/support/assert.ts";
import { RUN_CODES, SCENARIO_CODES } from "./reference/error_codes.ts";
import { EXAMPLE_FILES, EXAMPLES } from "./reference/examples.ts";
import { scenarioReference } from "./reference/page.ts";
import { meaningOf, rowsOf, sectionSchema } from "./reference/schema_rows.ts";

const sections = Object.keys(wholeScenarioJsonSchema().properties as object);

Deno.test("docs/reference/scenario.md is what 'deno task reference' makes", async () => {
  assertEquals(await Deno.readTextFile(join(ROOT, "docs/reference/scenario.md")), await scenarioReference());
});

Deno.test("every section and key of a scenario says what it means", () => {
  assertEquals(keys().filter(({ meaning }) => meaning === "").map(({ key }) => key), []);
});

Deno.test("every key of a section that is played is in one of the section's examples", () => {
  const missing = keys().filter(({ section, name, isLegacy }) => {
    const examples = EXAMPLES[section];
    const isShown = examples?.some((text) => new RegExp(`\\b${name}:`).test(text)) ?? true;
    return !isShown && !isLegacy;
  });
  assertEquals(missing.map(({ key }) => key), []);
});

Deno.test("the examples of the reference are scenarios without errors", async () => {
  const { extends: derived, ...own } = EXAMPLES;
  const first = scenario({});
  assertEquals(await errorsOf(first), []);
  for (const [section, examples] of Object.entries(own)) {
    for (const example of examples.slice(1)) {
      assertEquals(await errorsOf(scenario({ [section]: example })), [], example);
    }
  }
  assertEquals(await errorsOf(derived![0]!, { "growth.yaml": first }), []);
});

Deno.test("every code of a scenario's findings is in the reference, and every code in it is one", async () => {
  const inScenario = Object.values(SCENARIO_CODES).flatMap((codes) => Object.keys(codes));
  const made = await codesIn(FINDING_SOURCES);
  assertEquals(made.filter((code) => !inScenario.includes(code) && !Object.hasOwn(RUN_CODES, code)), []);
  const everywhere = await literalsIn(["framework", "runner", "cli"]);
  const isMade = (code: string) => everywhere.has(code) || (code.endsWith("_error") && everywhere.has("${kind}_error"));
  assertEquals([...inScenario, ...Object.keys(RUN_CODES)].filter((code) => !isMade(code)), []);
});

/** All keys of all sections; the sections themselves included. */
function keys(): { section: string; key: string; name: string; meaning: string; isLegacy: boolean }[] {
  return sections.flatMap((section) => {
    const rows = [{ path: [], ...sectionRow(section) }, ...rowsOf(sectionSchema(section))];
    return rows.map(({ path, meaning, isLegacy }) => {
      const key = [section, ...path].join(".");
      return { section, key, name: path.at(-1) ?? section, meaning, isLegacy };
    });
  });
}

function sectionRow(section: string): { meaning: string; isLegacy: boolean } {
  return { meaning: meaningOf(sectionSchema(section)), isLegacy: false };
}

/** The first examples of all sections, with some replaced. */
function scenario(replace: { readonly [section: string]: string }): string {
  const { extends: _derived, ...own } = EXAMPLES;
  return Object.entries(own).map(([section, [first]]) => `${(replace[section] ?? first!).trimEnd()}\n`).join("");
}

async function errorsOf(text: string, files: { readonly [name: string]: string } = {}): Promise<string[]> {
  const all = { ...EXAMPLE_FILES, ...files };
  const readFile = (file: string) => Promise.resolve({ file, text: all[file]! });
  const { issues } = await loadScenario({ text, file: "example.yaml", readFile });
  return issues.filter((issue: Issue) => issue.severity !== "note").map(formatIssue);
}

/** Where findings about a scenario are made. */
const FINDING_SOURCES = [
  "framework/scenario",
  "framework/variable_issues.ts",
  "framework/state_path.ts",
  "framework/state_entry.ts",
  "framework/condition.ts",
  "framework/check.ts",
  "framework/check_agents.ts",
  "framework/domain.ts",
  "framework/components.ts",
  "framework/llm/template.ts",
  "framework/llm/action_catalogue.ts",
  "framework/llm/updates.ts",
  "runner/gateway/catalog.ts",
  "runner/gateway/providers.ts",
  "runner/gateway/models.ts",
  "runner/prepare.ts",
  "runner/initial_state.ts",
  "runner/domains.ts",
];

/** A call that makes a finding or an error, or an object that is one, with its code. */
const MADE =
  /\b(?:SimError|Scanner|error|keyError|warn|note|add|issue|outsideIssue|report|#error|#report)\(\s*(?:text, )?(?:"(?:error|warning|note)",\s*)?"([a-z]+(?:_[a-z]+)+)"|\bcode: "([a-z_]+)"/g;

async function codesIn(paths: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(paths.map((path) => sourcesBelow(path)));
  return [...new Set(texts.flat().flatMap((text) => [...text.matchAll(MADE)].map((match) => match[1] ?? match[2]!)))];
}

/** All short texts of the sources. */
async function literalsIn(folders: readonly string[]): Promise<Set<string>> {
  const texts = await Promise.all(folders.map((folder) => sourcesBelow(folder)));
  return new Set(texts.flat().flatMap((text) => [...text.matchAll(/["`]([\w${}]+)["`]/g)].map(([, word]) => word!)));
}

/** The texts of a module, or of all modules of a folder; without tests. */
async function sourcesBelow(path: string): Promise<string[]> {
  if (path.endsWith(".ts")) return [await Deno.readTextFile(join(ROOT, path))];
  const texts: string[] = [];
  for await (const entry of Deno.readDir(join(ROOT, path))) {
    const isSource = entry.isDirectory || /(?<!_test|testing)\.ts$/.test(entry.name);
    if (isSource) texts.push(...await sourcesBelow(`${path}/${entry.name}`));
  }
  return texts;
}
