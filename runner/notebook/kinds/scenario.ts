/** `scenario` cells: a whole scenario, or another one with something set. */

import { issuesError, type Json, SimError } from "../../../framework/mod.ts";
import { type InputDifference, settledDifferences } from "../../compare/mod.ts";
import type { RunConfig } from "../../store/mod.ts";
import { checkBody, DERIVED_KEYS, type ReadBody } from "../bodies.ts";
import { type Computed, hasErrors, plain, type ScenarioStart, wrong } from "../computed.ts";
import { type CellContext, openYaml, scenarioIssues, scenarioNamed, settingsOf } from "../context.ts";
import { findScenario } from "../scenario_files.ts";
import type { ScenarioOutput } from "../view.ts";

/** Differences to the base that are shown. */
const MOST_CHANGES = 100;

/** What the cell starts from, and what its own start is. */
interface Made {
  readonly source: ScenarioStart;
  readonly base: { readonly name: string; readonly source: ScenarioStart } | null;
  readonly text: boolean;
}

/** The scenario, checked, with what differs from its base. */
export async function scenarioCell(context: CellContext): Promise<Computed> {
  const { piece, services: { starts } } = context;
  const opened = openYaml(context);
  if ("computed" in opened) return opened.computed;
  const { read } = opened;
  try {
    const made = madeOf(context, opened.text, read);
    if ("computed" in made) return made.computed;
    const looked = await starts.look(made.source);
    const issues = scenarioIssues(looked.issues, read, { text: made.text });
    if (!looked.config || hasErrors(issues)) return wrong(piece, issues);
    const { config } = looked;
    const base = made.base === null ? null : (await starts.look(made.base.source)).config ?? null;
    const changes = base === null ? [] : settledDifferences(base, config);
    const output: ScenarioOutput = {
      type: "scenario",
      base: made.base?.name ?? null,
      name: config.simulation.name,
      domain: config.domain,
      changes: changes.slice(0, MOST_CHANGES).map(changeOf),
      summary: summaryOf(config),
    };
    const value = valueOf(config);
    return plain(piece, "fresh", {
      ready: "ready",
      issues,
      value,
      output,
      handle: { kind: "scenario", source: made.source, id: piece.id, config },
      table: {
        rows: [{ name: config.simulation.name, domain: config.domain, max_turns: config.simulation.max_turns }],
      },
    }, JSON.stringify(made.source));
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    return wrong(piece, scenarioIssues(error.issues, read, { text: false }));
  }
}

function madeOf(context: CellContext, text: string, read: ReadBody): Made | { readonly computed: Computed } {
  const { piece, place, services: { places } } = context;
  const value = read.value as Json;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return {
      computed: wrong(piece, [{
        severity: "error",
        code: "invalid_value",
        message: "this is no scenario: it has no keys",
        hint: "write a whole scenario, or { scenario: FILE, set: { engine.interest_rate: 0.05 } }",
        ...read.place([]),
      }]),
    };
  }
  const extended = piece.attributes.get("extends");
  const isDerived = Object.keys(value).every((key) => DERIVED_KEYS.includes(key));
  if (!isDerived) {
    if (extended === undefined) return { source: { text, set: [] }, base: null, text: true };
    const base = scenarioNamed(context, extended);
    if (!("file" in base)) {
      throw new SimError("bad_scenario", `'${extended}' is a cell: what is set on top of it stands under 'set'`, {
        hint: "set: { engine.interest_rate: 0.05 }",
      });
    }
    // The last line: places in what was written stay what they are.
    const whole = `${text.replace(/\n*$/, "\n")}extends: ${JSON.stringify(Deno.realPathSync(base.file))}\n`;
    return {
      source: { text: whole, set: [] },
      base: { name: base.file, source: { file: base.file, set: [] } },
      text: true,
    };
  }
  const { body, issues } = checkBody("derived", read);
  if (body === null) return { computed: wrong(piece, issues) };
  const name = body.scenario ?? extended;
  if (name === undefined || (body.scenario !== undefined && extended !== undefined)) {
    throw issuesError([{
      severity: "error",
      code: "missing_key",
      message: name === undefined
        ? "this cell names no scenario"
        : `it extends '${extended}', and names the scenario '${body.scenario}' too`,
      hint: "extends=scenarios/economic/growth.yaml, or scenario: scenarios/economic/growth.yaml",
    }]);
  }
  const own = settingsOf(body.set, "set");
  const base = context.read(name)?.handle;
  if (base?.kind === "scenario") {
    const source = { ...base.source, set: [...base.source.set, ...own] };
    return { source, base: { name, source: base.source }, text: false };
  }
  const file = findScenario(name, place.path, places);
  return { source: { file, set: own }, base: { name: file, source: { file, set: [] } }, text: false };
}

function changeOf({ path, values }: InputDifference): ScenarioOutput["changes"][number] {
  return { path, base: values[0]!, value: values[1]! };
}

/** What `${id}` is: the scenario, without the texts of its files. */
function valueOf(config: RunConfig): Json {
  const { files: _files, settings: _settings, inherited: _inherited, initial_state: _initial, ...scenario } = config;
  return JSON.parse(JSON.stringify(scenario));
}

function summaryOf({ agents, simulation: { max_turns }, llm }: RunConfig): string {
  const count = agents.reduce((sum, agent) => sum + (agent.count ?? 1), 0);
  const models = llm === null ? "no models" : `models: ${[llm.provider, llm.model ?? ""].join(" ").trim()}`;
  return `${count} ${count === 1 ? "agent" : "agents"}, ${max_turns} turns, ${models}`;
}
