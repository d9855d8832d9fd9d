/** A notebook of a run, which its cell finds again: with its settings, its seed, and where it was forked. */

import type { Json, JsonObject } from "../../../framework/mod.ts";
import { isOfflineModel } from "../../offline_label.ts";
import { isEnded, type Manifest, type Row, type RunConfig } from "../../store/mod.ts";
import { type NumberColumn, numbersIn, selected } from "./columns.ts";
import { firstThatFinds, type Maker, scenarioName } from "./maker.ts";
import { lookedAt, talkedAbout } from "./scenario.ts";
import {
  attribute,
  cellText,
  code,
  pageText,
  sentence,
  sqlText,
  titleOf,
  withoutReferences,
  yamlText,
} from "./writing.ts";

/** Forks of forks that are told; older ancestors are named by their ids. */
const MOST_FORKS = 10;

/** A run with what it was played with. */
interface Told {
  readonly manifest: Manifest;
  readonly config: RunConfig;
  /** Of its cell. */
  readonly id: string;
}

/** The text. @throws {SimError} `unknown_run` */
export async function fromRun(maker: Maker, runId: string): Promise<string> {
  const { app } = maker;
  const manifest = await app.status(runId);
  const config = await app.runConfig(runId);
  const rows = await app.metrics(runId);
  const page: Page = { title: titleOf(manifest.name ?? manifest.repo), manifest, config, rows };
  const ways = await waysTo(maker, manifest, config);
  const texts = ways.map((cells) => foundText(page, cells));
  const isIt = ({ provenance }: { readonly provenance: { readonly content_key?: string } | null }) =>
    provenance?.content_key === manifest.content_key;
  const found = await firstThatFinds(maker, texts, "run", isIt);
  if (found !== null) return found;
  const anew = ways.map((cells) => archiveText(page, cells));
  return await firstWithoutErrors(maker, anew) ?? archiveText(page, null);
}

interface Page {
  readonly title: string;
  readonly manifest: Manifest;
  readonly config: RunConfig;
  readonly rows: readonly Row[];
}

/** Cells that may come to this run, those that read best first. */
async function waysTo(maker: Maker, manifest: Manifest, config: RunConfig): Promise<string[][]> {
  const line = await lineOf(maker, manifest, config);
  const [oldest, ...forks] = line;
  const { parent } = oldest!.manifest;
  const first = parent ? [[forkCell(oldest!, parent.run_id)]] : await plainCells(maker, oldest!);
  const rest = forks.map((fork, i) => forkCell(fork, line[i]!.id));
  const ways = first.map((cells) => [...cells, ...rest]);
  // Its parent itself need not be found: it is named by its id.
  return forks.length > 0 ? [...ways, [forkCell(line.at(-1)!, line.at(-2)!.manifest.run_id)]] : ways;
}

/** The run and its ancestors, the oldest first, as far as they are still there. */
async function lineOf({ app }: Maker, manifest: Manifest, config: RunConfig): Promise<Told[]> {
  const line: Told[] = [{ manifest, config, id: "run" }];
  let { parent } = manifest;
  while (parent && line.length <= MOST_FORKS) {
    const above = await app.status(parent.run_id).catch(() => null);
    if (above === null) break;
    line.unshift({ manifest: above, config: await app.runConfig(above.run_id), id: "" });
    parent = above.parent;
  }
  const names = line.map((_, i) => i === line.length - 1 ? "run" : i === 0 ? "base" : `fork_${i}`);
  return line.map((told, i) => ({ ...told, id: names[i]! }));
}

/** Cells of a run that is no fork: its scenario as a file, else as a text, with what was set. */
async function plainCells(maker: Maker, told: Told): Promise<string[][]> {
  const { manifest, config } = told;
  const settings = settingsOf(config.settings);
  const file = manifest.scenario_path === undefined ? null : scenarioName(maker, manifest.scenario_path);
  const text = withoutReferences(await maker.app.scenarioText(manifest.run_id));
  const whole = [cellText("yaml scenario #world fold", text), playCell(told, "world", settings)];
  if (file === null) return [whole];
  const set = settings === undefined ? "set: {}\n" : yamlText({ set: settings });
  const named = config.conversation
    ? [playCell(told, file, settings)]
    : [cellText(`yaml scenario #world ${attribute("extends", file)}`, set), playCell(told, "world", undefined)];
  return [named, whole];
}

/** Plays a scenario, as a conversation where it is one. */
function playCell({ manifest, config, id }: Told, scenario: string, set: JsonObject | undefined): string {
  const { seed, sample, models } = manifest;
  const isOffline = models.length > 0 && models.every(isOfflineModel);
  const body = {
    scenario,
    seed,
    sample: sample > 0 ? sample : undefined,
    set,
    llm_mode: isOffline ? "offline" : undefined,
  };
  return cellText(`yaml ${config.conversation ? "conversation" : "run"} #${id}`, yamlText(body));
}

/** A fork of what `parent` names: a cell, or a run by its id. */
function forkCell({ manifest, config, id }: Told, parent: string): string {
  const { turn, set, state, seed, sample } = manifest.parent!;
  const kind = config.conversation ? "conversation" : "run";
  const body = {
    from: { [kind]: parent, turn },
    seed,
    sample,
    set: set && Object.keys(set).length > 0 ? set : undefined,
    state: state && Object.keys(state).length > 0 ? state : undefined,
  };
  return cellText(`yaml ${kind} #${id}`, yamlText(body));
}

function settingsOf(settings: RunConfig["settings"]): JsonObject | undefined {
  if (settings.length === 0) return undefined;
  return Object.fromEntries(settings.map(({ path, value }): [string, Json] => [path, value]));
}

/** A page whose cell finds the run. */
function foundText({ title, manifest, config, rows }: Page, cells: readonly string[]): string {
  const numbers = numbersIn(rows, config);
  const { parent, turn, max_turns } = manifest;
  const shown = watching(cells, numbers);
  return pageText(title, [
    description(config),
    `${told(manifest)} The cells say what it was made of, and find it by that: nothing is played before something in ` +
    "them has changed.",
    ...shown,
    ...(config.conversation ? talkedAbout("run") : lookedAt("run", numbers, Math.max(turn, 1))),
    parent && shown.length > 1 && !config.conversation ? compareCell(shown.at(-1)!, numbers) : null,
    ...(config.conversation || turn < 2 ? [] : [
      "## What if?",
      `A fork shares the past of the run up to a turn, and goes its own way from there. Take the word \`off\` out of the ` +
      `next cell to play on from turn ${Math.ceil(turn / 2)} with other luck${
        turn < max_turns ? "" : ", and put under `set` what is to differ"
      }.`,
      cellText(
        "yaml run #what_if off",
        yamlText({ from: { run: "run", turn: Math.ceil(turn / 2) }, seed: manifest.seed + 1 }),
      ),
    ]),
  ]);
}

/** The run's cell with what is to be drawn of it. */
function watching(cells: readonly string[], numbers: readonly NumberColumn[]): string[] {
  if (numbers.length === 0) return [...cells];
  const watch = yamlText({ watch: numbers.map(({ name }) => name) });
  return cells.map((cell) => cell.startsWith("```yaml run ") ? cell.replace(/```$/, `${watch}\`\`\``) : cell);
}

/** The fork beside what it leaves, where that is a cell. */
function compareCell(fork: string, numbers: readonly NumberColumn[]): string {
  const [, parent] = /from: \{ run: (\w+), turn/.exec(fork)!;
  const metrics = numbers.length > 0 ? numbers.map(({ name }) => name) : undefined;
  return `## Where they part\n\n${cellText("yaml compare #effect", yamlText({ of: [parent!, "run"], metrics }))}`;
}

/** A page of a run that playing it again would not come to: its rows are asked for by its id. */
function archiveText({ title, manifest, config, rows }: Page, cells: readonly string[] | null): string {
  const numbers = numbersIn(rows, config);
  const [first] = numbers;
  const { run_id, status } = manifest;
  const why = !isEnded(status)
    ? "It has not come to its end."
    : status !== "completed"
    ? "It has come to no good end."
    : "What it was made of has changed since, or it was steered while it played: playing it again would be another run.";
  const table = config.conversation ? conversationTable(run_id) : turnTable(run_id, numbers);
  return pageText(title, [
    description(config),
    `${told(manifest)} ${why} ${
      rows.length === 0 ? "It has recorded nothing." : "What it has recorded is asked for by its id."
    }`,
    rows.length === 0 ? null : table,
    first === undefined || config.conversation || rows.length === 0 ? null : cellText(
      "yaml chart",
      yamlText({ data: "recorded", mark: "line", x: "turn", y: first.name, label: titleOf(first.name) }),
    ),
    ...(cells === null ? [] : ["## Played anew", ...watching(cells, numbers)]),
  ]);
}

function turnTable(runId: string, numbers: readonly NumberColumn[]): string {
  const columns = ["turn", ...numbers.map(selected)].join(", ");
  return cellText(
    "sql table #recorded",
    `SELECT ${columns}\nFROM turns\nWHERE run_id = ${sqlText(runId)}\nORDER BY turn`,
  );
}

function conversationTable(runId: string): string {
  return cellText(
    "sql table #recorded",
    `SELECT turn, event_type, agent_id, description\nFROM events\nWHERE run_id = ${sqlText(runId)}\nORDER BY event_id`,
  );
}

async function firstWithoutErrors({ view }: Maker, texts: readonly string[]): Promise<string | null> {
  for (const text of texts) {
    const { pieces } = await view(text);
    const issues = pieces.flatMap((piece) => piece.kind === "cell" ? piece.issues : []);
    if (!issues.some(({ severity }) => severity === "error")) return text;
  }
  return null;
}

function description({ simulation: { description } }: RunConfig): string | null {
  return description ? sentence(description) : null;
}

/** Which run it is, in a sentence. */
function told({ run_id, seed, sample, status, turn, created_at, parent }: Manifest): string {
  const ended = status === "completed" ? `completed after turn ${turn}` : `${status} in turn ${turn}`;
  const origin = parent ? `, forked from ${code(parent.run_id)} after turn ${parent.turn}` : "";
  const drawn = sample > 0 ? `seed ${seed}, sample ${sample}` : `seed ${seed}`;
  return `This is run ${code(run_id)} of ${created_at.slice(0, 10)}: ${drawn}${origin}, ${ended}.`;
}
