/** Cells to begin with: each works as it is inserted, with what it needs before it. */

import { infoOf, isBlank } from "./fences.ts";
import { freeId, type Piece } from "./model.ts";

/** What can be inserted. */
export type StarterKind =
  | "prose"
  | "input"
  | "scenario"
  | "run"
  | "batch"
  | "chart"
  | "table"
  | "compare"
  | "conversation";

/** What can be inserted, with what it is in a few words. */
export const STARTER_KINDS: readonly (readonly [kind: StarterKind, name: string, does: string])[] = [
  ["prose", "Text", "Markdown; may show ${values}"],
  ["input", "Input", "a control that other cells read"],
  ["scenario", "Scenario", "a file, and what differs from it"],
  ["run", "Run", "plays a scenario once"],
  ["batch", "Batch", "plays many: a grid, many seeds"],
  ["chart", "Chart", "draws rows of a run, batch or table"],
  ["table", "Table", "one SELECT over runs and cells"],
  ["compare", "Compare", "two runs or batches side by side"],
  ["conversation", "Conversation", "a simulated user tests an agent"],
];

/** A notebook to begin with. */
export interface NotebookStarter {
  readonly name: string;
  readonly does: string;
  readonly kinds: readonly StarterKind[];
}

/** What an empty page offers. */
export const NOTEBOOK_STARTERS: readonly NotebookStarter[] = [
  { name: "Compare two scenarios", does: "two runs, their difference, a chart", kinds: ["prose", "compare", "chart"] },
  { name: "Sweep a parameter", does: "a batch, a table of it, a chart", kinds: ["prose", "batch", "table", "chart"] },
  { name: "Talk to a simulated user", does: "a conversation, step by step", kinds: ["prose", "conversation"] },
];

const SCENARIO = "scenarios/economic/recession.yaml";

/** Sources of the cells that a kind takes here, in their order; the last is the one that was asked for. */
export function starter(kind: StarterKind, pieces: readonly Piece[], before: string | null): string[] {
  const reach = pieces.findIndex(({ key }) => key === before);
  const above = reach === -1 ? pieces : pieces.slice(0, reach);
  // What stands nearest above is what one means; else anything on the page.
  const near = (...kinds: string[]) => idOf([...above].reverse(), kinds) ?? idOf(pieces, kinds);
  const cell = (head: string, ...lines: string[]) => `\`\`\`${head}\n${lines.join("\n")}\n\`\`\`\n`;
  const id = (wanted: string) => freeId(pieces, wanted);
  const scenario = near("scenario") ?? SCENARIO;
  switch (kind) {
    case "prose":
      return [""];
    case "input":
      return [
        cell(
          `yaml input #${id("shock")}`,
          "type: range",
          "min: 0",
          "max: 1",
          "step: 0.1",
          "value: 0.2",
          "label: Size of the shock",
        ),
      ];
    case "scenario":
      return [cell(`yaml scenario #${id("crisis")} extends=${SCENARIO}`, "set:", "  simulation.max_turns: 40")];
    case "run":
      return [cell(`yaml run #${id("base")}`, `scenario: ${scenario}`, "seed: 1", ...watched(scenario))];
    case "batch":
      return [
        cell(
          `yaml batch #${id("sweep")}`,
          `scenario: ${scenario}`,
          "grid:",
          "  shock: { path: engine.config.demand_shock.sd, values: [0.1, 0.3, 0.5] }",
          "seeds: 1..4",
        ),
      ];
    case "table": {
      const batch = near("batch");
      if (batch === null) {
        return [
          cell(`sql table #${id("runs_by_status")}`, "SELECT status, count(*) AS runs FROM runs GROUP BY status"),
        ];
      }
      return [
        cell(`sql table #${id(`by_status`)}`, "SELECT status, count(*) AS runs", `FROM ${batch}`, "GROUP BY status"),
      ];
    }
    case "chart": {
      const run = near("run");
      if (run !== null) return [cell("yaml chart", `data: ${run}`, "mark: line", "x: turn", "y: unemployment")];
      const table = near("table");
      if (table !== null) return [cell("yaml chart", `data: ${table}`, "mark: bar", "x: status", "y: runs")];
      const made = id("base");
      return [
        ...starter("run", pieces, before),
        cell("yaml chart", `data: ${made}`, "mark: line", "x: turn", "y: unemployment"),
      ];
    }
    case "compare": {
      const runs = pieces.flatMap(({ source }) => infoOf(source)?.kind === "run" ? [infoOf(source)!.id!] : []).filter(
        Boolean,
      );
      const [one, other] = runs.slice(-2);
      if (one !== undefined && other !== undefined) {
        return [cell(`yaml compare #${id("effect")}`, `of: [${one}, ${other}]`, "metrics: [unemployment]")];
      }
      const [a, b] = [one ?? id("base"), id("other_seed")];
      return [
        ...(one === undefined ? starter("run", pieces, before) : []),
        cell(`yaml run #${b}`, `scenario: ${scenario}`, "seed: 2", ...watched(scenario)),
        cell(`yaml compare #${id("effect")}`, `of: [${a}, ${b}]`, "metrics: [unemployment]"),
      ];
    }
    case "conversation":
      return [
        cell(
          `yaml conversation #${id("support")}`,
          "scenario: scenarios/conversation/plan_refine_offline.yaml",
          "max_turns: 4",
        ),
      ];
  }
}

/** What a run of the scenario is watched by, where that is known. */
function watched(scenario: string): string[] {
  return scenario === SCENARIO || !scenario.includes("/") ? ["watch: [unemployment]"] : [];
}

function idOf(pieces: readonly Piece[], kinds: readonly string[]): string | null {
  for (const { source } of pieces) {
    const info = isBlank(source) ? null : infoOf(source);
    if (info !== null && info.id !== null && kinds.includes(info.kind)) return info.id;
  }
  return null;
}
