/** For tests: short scenarios, and loading them without files. */

import { type Issue, SimError } from "../issue.ts";
import { type LoadedScenario, type LoadOptions, loadScenario } from "./mod.ts";

/** The sections of a scenario that loads without any finding. */
export const SECTIONS = {
  simulation: "simulation: { name: demo, max_turns: 10 }",
  engine: "engine: { type: economic }",
  validator: "validator: { type: always_valid }",
  agents: "agents: [{ name: A, type: nation }, { name: B, type: nation }]",
  state_variables: [
    "state_variables:",
    "  agent_vars: { wealth: { type: float, min: 0, default: 1 }, mood: { type: str, default: calm } }",
    "  global_vars: { inflation: { type: float, default: 0 }, total_economic_value: { type: float, default: 0 } }",
  ].join("\n"),
};

/** The text of {@linkcode SECTIONS} with some replaced (or, with "", left out) and `more` at the end. */
export function scenarioText(replace: Partial<typeof SECTIONS> = {}, more = ""): string {
  return [...Object.values({ ...SECTIONS, ...replace }), more].filter((section) => section !== "").join("\n") + "\n";
}

/** Loads `text` as `demo.yaml`; `files` are what it may refer to. */
export function load(
  text: string,
  options: Partial<Omit<LoadOptions, "text">> = {},
  files: { readonly [name: string]: string } = {},
): Promise<LoadedScenario> {
  const readFile = (reference: string) => {
    const found = Object.hasOwn(files, reference) ? files[reference] : undefined;
    return found === undefined
      ? Promise.reject(new SimError("file_not_found", `there is no file '${reference}'`, { hint: "check the name" }))
      : Promise.resolve({ file: reference, text: found });
  };
  return loadScenario({ text, file: "demo.yaml", readFile, ...options });
}

/** `text` without its one marker `«`, and where that stood (1-based). */
export function marked(text: string): { text: string; line: number; column: number } {
  const at = text.indexOf("«");
  if (at < 0 || text.indexOf("«", at + 1) >= 0) throw new RangeError(`not one marker in: ${text}`);
  const before = text.slice(0, at).split("\n");
  return { text: before.join("\n") + text.slice(at + 1), line: before.length, column: before.at(-1)!.length + 1 };
}

/** The findings of one severity. */
export function errorsOf({ issues }: { readonly issues: readonly Issue[] }): readonly Issue[] {
  return issues.filter(({ severity }) => severity === "error");
}
