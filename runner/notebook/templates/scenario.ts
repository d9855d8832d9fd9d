/** A notebook of a scenario: played once, looked at, and held against other seeds. */

import type { RunConfig } from "../../store/mod.ts";
import { findScenario } from "../scenario_files.ts";
import { batchText } from "./batch.ts";
import { finalOf, finalValues, type NumberColumn, numbersOf, selected } from "./columns.ts";
import { type Maker, scenarioName } from "./maker.ts";
import { attribute, cellText, code, listed, pageText, sentence, sqlName, titleOf, yamlText } from "./writing.ts";

/** Turns that a table shows, about. */
const MOST_TURNS = 12;

/** Seeds that the run is held against. */
const SEEDS = 5;

/** The text. @throws {SimError} `missing_file`, `file_outside` */
export async function fromScenario(maker: Maker, file: string): Promise<string> {
  const found = findScenario(file, "page.md", maker.places);
  const name = scenarioName(maker, found) ?? found;
  const batch = await maker.app.batches.read(found);
  if (batch !== null) return await batchText(maker, batch, { title: titleOf(batch.name ?? stem(found)) });
  const { config } = await maker.app.validate({ file: found });
  if (config === undefined) return brokenText(name);
  return config.conversation ? conversationText(name, config) : runText(name, config);
}

/** Of a scenario that cannot be played: its cell says why. */
function brokenText(name: string): string {
  return pageText(titleOf(stem(name)), [
    "This scenario cannot be played yet. What is wrong with it stands at the cell.",
    cellText(`yaml scenario #world ${attribute("extends", name)}`, "set: {}"),
    cellText("yaml run #base", "scenario: world"),
  ]);
}

function runText(name: string, config: RunConfig): string {
  const { simulation: { max_turns, seed, name: title } } = config;
  const numbers = numbersOf(config);
  const watch = numbers.length > 0 ? { watch: numbers.map((number) => number.name) } : {};
  const scenario = cellText(
    `yaml scenario #world ${attribute("extends", name)}`,
    `# What is to differ from the file, by its path.\n${yamlText({ set: { "simulation.max_turns": max_turns } })}`,
  );
  return pageText(titleOf(title), [
    introduction(name, config),
    cellText("yaml input #seed", yamlText({ type: "number", min: 0, step: 1, value: seed, label: "Seed" })),
    scenario,
    cellText("yaml run #base", `scenario: world\nseed: \${seed}\n${yamlText(watch)}`.replace("{}\n", "")),
    ...lookedAt("base", numbers, max_turns),
    ...heldAgainst(numbers),
  ]);
}

/** How a run went: its last values, a chart and a table of it. */
export function lookedAt(cell: string, numbers: readonly NumberColumn[], turns: number): string[] {
  const [first] = numbers;
  const values = finalValues(cell, numbers);
  const ended = `After turn **\${${cell}.turn}**${values.length > 0 ? `: ${listed(values)}` : " it ended"}.`;
  if (first === undefined) return [ended];
  const every = Math.max(1, Math.round(turns / MOST_TURNS));
  return [
    ended,
    cellText(
      "yaml chart",
      yamlText({ data: cell, mark: "line", x: "turn", y: first.name, label: titleOf(first.name) }),
    ),
    cellText(
      "sql table #by_turn",
      `SELECT turn, ${numbers.map(selected).join(", ")}\nFROM ${sqlName(cell)}\n` +
        `${every > 1 ? `WHERE turn % ${every} = 0\n` : ""}ORDER BY turn`,
    ),
  ];
}

/** The same with other seeds: what is the rule, and what was luck? */
function heldAgainst(numbers: readonly NumberColumn[]): string[] {
  const [first] = numbers;
  const metrics = numbers.length > 0 ? { metrics: numbers.map(({ name }) => name) } : {};
  const batch = [
    "## Is it the rule, or luck?",
    "Other seeds are other worlds by the same rules. They say how far the one above may be trusted.",
    cellText("yaml batch #seeds", yamlText({ scenario: "world", seeds: `1..${SEEDS}`, ...metrics })),
  ];
  if (first === undefined) return batch;
  const finals = numbers.map((number) => `${finalOf(number)} AS ${sqlName(number.name)}`);
  return [
    ...batch,
    cellText(
      "sql table #by_seed",
      `SELECT seed, ${finals.join(", ")}\nFROM seeds\nWHERE status = 'completed'\nORDER BY seed`,
    ),
    cellText(
      "yaml chart",
      yamlText({ data: "by_seed", mark: "dot", x: "seed", y: first.name, label: `${titleOf(first.name)} at the end` }),
    ),
  ];
}

function conversationText(name: string, config: RunConfig): string {
  return pageText(titleOf(config.simulation.name), [
    introduction(name, config),
    cellText("yaml conversation #talk", yamlText({ scenario: name, max_turns: config.simulation.max_turns })),
    ...talkedAbout("talk"),
  ]);
}

/** How a conversation went. */
export function talkedAbout(cell: string): string[] {
  return [
    `**\${${cell}.aligned}** of \${${cell}.turns} turns did what the user meant, \${${cell}.misaligned} did not.`,
    cellText("sql table #by_turn", `SELECT turn, alignment, actions, message, reply\nFROM ${cell}\nORDER BY turn`),
    cellText(
      "yaml chart",
      yamlText({ data: "by_turn", mark: "bar", x: "turn", y: "actions", fill: "alignment", label: "Actions by turn" }),
    ),
  ];
}

function introduction(name: string, { agents, simulation: { description, max_turns } }: RunConfig): string {
  const count = agents.reduce((sum, agent) => sum + (agent.count ?? 1), 0);
  const size = `${count} ${count === 1 ? "agent" : "agents"}, at most ${max_turns} turns`;
  const said = description ? `${sentence(description)}\n\n` : "";
  return `${said}The scenario is ${code(name)}: ${size}.`;
}

function stem(path: string): string {
  return path.replace(/^.*[/\\]/, "").replace(/\.[a-z]+$/i, "");
}
