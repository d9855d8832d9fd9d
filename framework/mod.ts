/**
 * The framework: what a domain author imports.
 *
 * A *domain* brings agents, engines and validators ({@linkcode defineDomain}); a *scenario* (YAML) picks among them and
 * gives them numbers; the *turn loop* ({@linkcode SimulationOrchestrator}) plays it. A turn: every agent decides from
 * the same state, the validator judges each action, the engine applies the accepted ones and then its own rules,
 * yielding the next immutable {@linkcode SimulationState}.
 *
 * Reading a scenario's YAML is the host's work: see `framework/scenario/mod.ts`.
 *
 * @module
 */

// What a domain is made of.
export {
  type AgentClass,
  type ComponentClasses,
  componentClassName,
  type ComponentDescription,
  type ComponentKind,
  type ComponentStatics,
  componentType,
  defineDomain,
  describeDomain,
  type Domain,
  type DomainDescription,
  type EngineClass,
  type RequiredVariables,
  resolveComponent,
  type Schema,
  type ValidatorClass,
} from "./domain.ts";
export * from "./agent.ts";
export * from "./engine.ts";
export * from "./validator.ts";
export * from "./context.ts";
export * from "./action.ts";
export * from "./state.ts";
export * from "./rng.ts";
export * from "./issue.ts";
export * from "./json.ts";
// What a scenario resolves to.
export * from "./scenario/resolved.ts";
export {
  type BoolDefinition,
  type CategoricalDefinition,
  checkVariable,
  type DescribedDefinition,
  type DictDefinition,
  type ElementDefinition,
  type FloatDefinition,
  type IntDefinition,
  LEGACY_STATE_VARIABLES,
  type ListDefinition,
  type ObjectDefinition,
  RESERVED_VARIABLE_NAMES,
  type ScalarName,
  type StateVariables,
  type StrDefinition,
  type TupleDefinition,
  VARIABLE_DEPTH,
  type VariableDefinition,
  variableDefinitionIssues,
  type VariableDefinitions,
  variableDefinitionsIssues,
  type VariableFailure,
  VariableLayout,
  variableNameIssues,
  variableSchema,
} from "./variables.ts";
export * from "./condition.ts";
export {
  type Aggregate,
  checkStatePath,
  formatStatePath,
  parseStatePath,
  type PathNames,
  readStatePath,
  type StateEntry,
  type StatePath,
  writeStatePaths,
} from "./state_path.ts";
export * from "./reporter.ts";
export * from "./check.ts";
// How it is played and kept.
export * from "./orchestrator.ts";
export * from "./termination.ts";
export * from "./stats.ts";
export * from "./inputs.ts";
export * from "./event_log.ts";
export * from "./ulid.ts";
export * from "./checkpoint.ts";
export * from "./schema_hash.ts";
export * from "./canonical_json.ts";
