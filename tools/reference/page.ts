/** The page "Scenario reference", from the schema, the limits, the module docs of paths and conditions, and error codes. */

import { VARIABLE_DEPTH } from "../../framework/mod.ts";
import { SCENARIO_LIMITS, wholeScenarioJsonSchema } from "../../framework/scenario/mod.ts";
import { type DefaultOf, readDefaults } from "./defaults.ts";
import { type Meanings, RUN_CODES, SCENARIO_CODES } from "./error_codes.ts";
import { EXAMPLES } from "./examples.ts";
import { type KeyRow, meaningOf, rowsOf, sectionSchema, variablesSchema, variantsOf } from "./schema_rows.ts";

/** Sections that are a list, and what their table is about. */
const LISTS: readonly string[] = ["agents", "interventions"];
/** Pages that tell more about a section. */
const GUIDES: { readonly [section: string]: string } = {
  agents: "[People](../guide/people.md) · [What agents can do](../guide/agents.md)",
  observability: "[Who sees what](../guide/observability.md)",
  spatial: "[Space](../guide/space.md)",
  interventions: "[Interventions](../guide/interventions.md)",
  llm: "[Ask a model](../guide/models.md) · [Write an agent that asks a model](../guide/llm_agents.md)",
  limits: "[What it may cost](../guide/models.md#what-it-may-cost)",
  conversation: "[Conversations](../guide/conversations.md) · [Test your agent](../guide/test_your_agent.md)",
  memory: "[Messages and memory](../guide/agents.md#messages-and-memory)",
};

const INTRODUCTION = `# Scenario reference

<!-- made by \`deno task reference\` from framework/scenario/schema.ts; do not edit -->

Every section and key of a scenario. A scenario is one YAML 1.2 document; \`deno task validate FILE\` says everything that
is wrong with one, each with file, line, column, code and a hint. \`deno task schema --out scenario.schema.json\` writes the
same as a JSON Schema, which editors complete and check with when the first line of the file is
\`# yaml-language-server: $schema=scenario.schema.json\`.

- A key that nobody knows is an error (a warning with \`--lenient\`). An empty value means the same as a missing key.
- \`--set PATH=VALUE\` gives a value from outside. Paths are the keys with dots between them, entries of lists by their
  name: \`engine.interest_rate\`, \`agents.Aurelia.config.strategy\`.
- In the tables \`[]\` stands for each entry of a list and \`<name>\` for a key of your own choice.
- *legacy* marks what is kept for files of the Python framework and has a newer form.
- The examples of this page, one after the other, are one scenario. A test loads it.
`;

const CONDITIONS = `\`\`\`text
global.inflation > 20 and not agents.NationA.economic_strength < 10
metric.gini >= 0.6 or sum(wealth) == 0 or turn == 30
agents."New York".mood == "calm"
\`\`\`

\`==\` and \`!=\` compare any two values; values of different types are never equal. The other comparisons take two numbers or
two texts; anything else ends the run with \`bad_condition_value\`. A path that leads nowhere ends it with \`unknown_path\`: an
agent, a key or a list entry may be gone. At most 2000 characters, at most 32 \`not\` and parentheses inside one another.
`;

const TERMINATION =
  `Looked at on the initial state and after every turn, in this order; the first that holds ends the run, and
\`result.json\` says which as \`termination_reason\`.

| reason | when |
| --- | --- |
| \`engine: …\` | the engine's own \`checkTermination\` says so |
| \`max_value\` | *legacy:* \`global.total_economic_value\` is above \`termination.max_value\` |
| \`min_value\` | *legacy:* \`global.total_economic_value\` is below \`termination.min_value\` |
| \`when: <condition>\` | a condition of \`termination.when\` holds |
| \`max_turns\` | that many turns have been played |
`;

/** The text of the page. */
export async function scenarioReference(): Promise<string> {
  const defaultOf = await readDefaults();
  const sections = Object.keys(wholeScenarioJsonSchema().properties as object);
  const parts = [
    INTRODUCTION,
    table(
      ["section", "", ""],
      sections.map((section) => [
        `[${section}](#${section})`,
        meaningOf(sectionSchema(section)),
        isRequired(section) ? "required" : "",
      ]),
    ),
    ...sections.map((section) => sectionText(section, defaultOf)),
    `## State paths\n\n${await moduleDoc("state_path.ts")}`,
    `## Conditions\n\n${await moduleDoc("condition.ts")}\n${CONDITIONS}`,
    `## Termination\n\n${TERMINATION}`,
    `## Limits\n\n${await limitsText()}`,
    `## Error codes\n\n${codesText()}`,
  ];
  return parts.join("\n");
}

function isRequired(section: string): boolean {
  return (wholeScenarioJsonSchema().required as readonly string[]).includes(section);
}

function sectionText(section: string, defaultOf: DefaultOf): string {
  const schema = sectionSchema(section);
  const status = isRequired(section) ? " Required." : "";
  const list = LISTS.includes(section) ? " A list; each entry has these keys." : "";
  // A case has the keys of its section.
  const isRepeated = ({ path }: KeyRow) => path[0] === "cases" && path.length > 2 && path[2] !== "name";
  const rows = rowsOf(schema).filter((row) => !isRepeated(row)).map((row) =>
    keyRow(row, section, defaultOf, LISTS.includes(section) ? 1 : 0)
  );
  const more = section === "state_variables" ? variablesText(defaultOf) : section === "metrics" ? REPORTERS : "";
  return [
    `## ${section}\n`,
    `${sentence(meaningOf(schema))}${status}${list}${GUIDES[section] === undefined ? "" : ` ${GUIDES[section]}`}\n`,
    ...(rows.length === 0 ? [] : [table(["key", "type", "default", "meaning"], rows)]),
    ...(more === "" ? [] : [more]),
    ...(EXAMPLES[section] ?? []).map((example) => fenced("yaml", example)),
  ].join("\n");
}

const REPORTERS =
  `A reporter has exactly one aggregate. It is about all named agents and all members of populations that have the
variable, unless \`of\` narrows it down; those whose value is neither a number nor \`true\` or \`false\` are left out. Of nobody,
\`sum\` and \`count\` are 0 and the others null.
`;

function keyRow(
  { path, of, type, isRequired, meaning, isLegacy }: KeyRow,
  section: string,
  defaultOf: DefaultOf,
  skip: number,
): string[] {
  return [
    `\`${shownPath(path.slice(skip))}\``,
    type,
    isRequired ? "required" : defaultOf(section, path),
    [
      ...(of.length > 0 ? [`*${of.join(", ")}:*`] : []),
      ...(isLegacy ? ["*legacy:*"] : []),
      plain(meaning),
    ].join(" "),
  ];
}

/** `matrix[].observer` */
function shownPath(path: readonly string[]): string {
  return path.join(".").replaceAll(".[]", "[]");
}

function variablesText(defaultOf: DefaultOf): string {
  const schema = variablesSchema();
  const { dict, list, overall } = VARIABLE_DEPTH;
  return [
    "### Variables\n",
    `Variables of type float, int, bool and categorical need a \`default\`. What is inside of a dict, list, tuple or object is a`,
    `variable too, or the name of a type that stands for itself: \`float\`, \`int\`, \`bool\`, \`str\` (which start as 0, 0, false and`,
    `an empty text). Lists are nested at most ${list} deep, dicts ${dict}, all together ${overall}. Columns of populations are of`,
    `type float, int, bool or categorical. A value that breaks the rules of its variable ends the run with \`bad_state\`.\n`,
    table(["type", "values"], variantsOf(schema).map(([type, meaning]) => [`\`${type}\``, meaning])),
    table(
      ["key", "type", "default", "meaning"],
      rowsOf(schema).map((row) => keyRow(row, "state_variables.agent_vars.<name>", defaultOf, 0)),
    ),
  ].join("\n");
}

/** What a module of the framework says of itself. */
async function moduleDoc(file: string): Promise<string> {
  const [, doc] = /^\/\*\*\n([\s\S]*?)\n \*\//.exec(await sourceOf(file)) ?? [];
  if (doc === undefined) throw new Error(`${file} does not begin with a comment`);
  return doc.replace(/^ \* ?/gm, "") + "\n";
}

/** Limits with what their comments say, which name the error. */
async function limitsText(): Promise<string> {
  const comments = [...(await sourceOf("scenario/limits.ts")).matchAll(/^ {2}\/\*\* ([^\n]*?) \*\/\n {2}(\w+):/gm)];
  const rows = comments.map(([, meaning, name]) => {
    const [, what, code] = /^(.*): error (`\w+`.*)\.$/.exec(meaning!) ?? [];
    const limit = (SCENARIO_LIMITS as Readonly<Record<string, number>>)[name!];
    if (what === undefined || limit === undefined) throw new Error(`limits.ts: '${name}' names no error: ${meaning}`);
    return [what, limit.toLocaleString("en"), code!];
  });
  if (rows.length !== Object.keys(SCENARIO_LIMITS).length) throw new Error("limits.ts: a limit has no comment");
  return table(["what", "at most", "error"], rows);
}

function codesText(): string {
  const groups = Object.entries(SCENARIO_CODES).map(([title, codes]) => `### ${title}\n\n${codeTable(codes)}`);
  return [
    "`validate` and `run` print findings as `file:line:column: error[code]: message`, with a hint. One error is enough for",
    "`run` to exit with 2; then nothing has been written.\n",
    ...groups,
    "### Why a run fails\n",
    "In `manifest.json` as `error`, with the turn and the agent where there is one; `run` exits with 1.\n",
    codeTable(RUN_CODES),
  ].join("\n");
}

function codeTable(codes: Meanings): string {
  return table(["code", "meaning"], Object.entries(codes).map(([code, meaning]) => [`\`${code}\``, meaning]));
}

function sourceOf(file: string): Promise<string> {
  return Deno.readTextFile(new URL(`../../framework/${file}`, import.meta.url));
}

function sentence(text: string): string {
  return text === "" ? "" : `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

/** A text in which nothing means anything to Markdown. */
function plain(text: string): string {
  return text.replace(/[<*]/g, "\\$&");
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n") + "\n";
}
