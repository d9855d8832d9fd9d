/** The section `observability`: who sees what of whom. */

import { formatPath, type IssuePath } from "../issue.ts";
import type { Reading } from "./reading.ts";
import type { ResolvedObservability, ResolvedVisibility } from "./resolved.ts";
import { scenarioShape } from "./schema.ts";
import { type ScenarioNames, withAddedAgents } from "./sections.ts";

const SECTION = "observability";
const MATRIX = [SECTION, "matrix"];
const LISTS = [SECTION, "variable_visibility"];
const ANY = "*";
const WORLD = "global";

/** One row of the matrix as written, with the places of its names. */
interface ReadRow {
  readonly path: IssuePath;
  readonly observer: string;
  readonly target: string;
  /** Steps to the two names: positions in a list, keys in a map. */
  readonly steps: readonly [string | number, string | number];
}

/** The section, checked against the scenario's names; null where everybody sees everything. */
export function readObservability(reading: Reading, names: ScenarioNames): ResolvedObservability | null | undefined {
  if ((reading.valueAt([SECTION]) ?? null) === null) return null;
  const read = reading.read(scenarioShape[SECTION], [SECTION]);
  if (reading.valueAt([SECTION, "enabled"]) === false) return null;
  const rows = writtenRows(reading);
  checkLists(reading, names);
  checkMatrix(reading, rows, withAddedAgents(names));
  if (read === undefined || read === null) return undefined;
  const matrix = (read.matrix ?? []).map((row): ResolvedVisibility => {
    const [observer, target, level, noise] = Array.isArray(row)
      ? row
      : [row.observer, row.target, row.level, row.noise ?? null];
    return { observer, target, level, noise: noise ?? 0 };
  });
  const rest = { level: read.default?.level ?? "unaware", noise: read.default?.noise ?? 0 } as const;
  if ([...matrix, rest].some(({ level }) => level === "external")) {
    const { agent_names, global_names } = names.variables;
    warnOfUnlisted(reading, [...agent_names, ...(isWorldExternal(matrix, rest) ? global_names : [])]);
  }
  return {
    external: [...new Set(read.variable_visibility?.external ?? [])],
    internal: [...new Set(read.variable_visibility?.internal ?? [])],
    matrix,
    default: rest,
  };
}

function checkLists(reading: Reading, { variables: { agent_names, global_names } }: ScenarioNames): void {
  const declared = new Set([...agent_names, ...global_names]);
  const external = new Set(listAt(reading, [...LISTS, "external"]));
  for (const list of ["external", "internal"]) {
    const path = [...LISTS, list];
    listAt(reading, path).forEach((name, i) => {
      if (typeof name !== "string" || reading.issues.isFull) return;
      const at = [...path, i];
      if (!declared.has(name)) {
        const message = `${formatPath(at)}: there is no variable '${name}'`;
        reading.error("unknown_variable", message, at, reading.suggest(name, [...declared]));
      } else if (list === "internal" && external.has(name)) {
        const hint = "leave it in external if observers at level external see it, else in internal";
        reading.error("ambiguous_visibility", `the variable '${name}' is both external and internal`, at, hint);
      }
    });
  }
}

/** Whether anybody may see of the world only what is listed. */
function isWorldExternal(matrix: readonly ResolvedVisibility[], rest: ResolvedObservability["default"]): boolean {
  const ofWorld = matrix.filter(({ target }) => target === WORLD || target === ANY);
  const isSettled = ofWorld.some(({ observer, target }) => observer === ANY && target === WORLD);
  return ofWorld.some(({ level }) => level === "external") || (!isSettled && rest.level === "external");
}

function warnOfUnlisted(reading: Reading, variables: readonly string[]): void {
  const listed = new Set([...listAt(reading, [...LISTS, "external"]), ...listAt(reading, [...LISTS, "internal"])]);
  const unlisted = [...new Set(variables)].filter((name) => !listed.has(name));
  if (unlisted.length === 0) return;
  const shown = unlisted.slice(0, 12).join(", ") + (unlisted.length > 12 ? ` and ${unlisted.length - 12} more` : "");
  const message = `neither external nor internal: ${shown}; observers at level external do not see them`;
  reading.warn("unlisted_variable", message, LISTS, "list them under external or internal");
}

/** The rows whose observer and target can be read, in either form. */
function writtenRows(reading: Reading): ReadRow[] {
  return listAt(reading, MATRIX).flatMap((row, i) => {
    const steps = Array.isArray(row) ? [0, 1] as const : ["observer", "target"] as const;
    const path = [...MATRIX, i];
    const [observer, target] = steps.map((step) => reading.valueAt([...path, step]));
    return typeof observer === "string" && typeof target === "string" ? [{ path, observer, target, steps }] : [];
  });
}

function checkMatrix(reading: Reading, rows: readonly ReadRow[], names: ScenarioNames): void {
  const counted = names.entries.filter(({ count }) => count !== null).map(({ name }) => name);
  const groups = new Set(counted);
  const isKnown = (name: string) => name === ANY || groups.has(name) || names.isAgent(name);
  const valid = [ANY, ...counted, ...names.agents];
  const first = new Map<string, IssuePath>();
  for (const { path, observer, target, steps } of rows) {
    if (reading.issues.isFull) return;
    const unknown = (step: string | number, name: string, others: readonly string[]) => {
      const at = [...path, step];
      const message = `${formatPath(at)}: there is no agent '${name}'`;
      reading.error("unknown_agent", message, at, reading.suggest(name, others));
    };
    if (!isKnown(observer)) unknown(steps[0], observer, valid);
    if (!isKnown(target) && target !== WORLD) unknown(steps[1], target, [WORLD, ...valid]);
    const pair = JSON.stringify([observer, target]);
    const other = first.get(pair);
    if (other === undefined) first.set(pair, path);
    else {
      const message = `${formatPath(path)} says again what '${observer}' sees of '${target}'`;
      reading.error("duplicate_pair", message, path, `${formatPath(other)} says it first; keep one of them`);
    }
  }
}

function listAt(reading: Reading, path: IssuePath): readonly unknown[] {
  const value = reading.valueAt(path);
  return Array.isArray(value) ? value : [];
}
