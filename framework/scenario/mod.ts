/**
 * Scenarios: the YAML format, its checks, and the loader. Runs on the host.
 *
 * @module
 */

export { agentNames, namesToSuggest } from "./agents.ts";
export type { ReadFile, ReferencedFile } from "./files.ts";
export { readInterventionBody } from "./interventions.ts";
export { type JsonFault, jsonFault } from "./json_fault.ts";
export { SCENARIO_LIMITS } from "./limits.ts";
export { type LoadedScenario, type LoadOptions, loadScenario } from "./load.ts";
export type {
  OnError,
  ReporterKind,
  ResolvedAgent,
  ResolvedComponent,
  ResolvedScenario,
  Schedule,
  Verbosity,
} from "./resolved.ts";
export { scenarioJsonSchema, wholeScenarioJsonSchema } from "./schema.ts";
export { parseSetting, type Setting } from "./settings.ts";
export { type MergedScenario, mergedScenario } from "./merged_text.ts";
export type { Place } from "./source.ts";
export { readYaml } from "./yaml.ts";
