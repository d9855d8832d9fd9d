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
  type AgentDescription,
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
  isPopulationClass,
  type PopulationClass,
  type RequiredVariables,
  resolveComponent,
  type Schema,
  type ValidatorClass,
} from "./domain.ts";
export * from "./agent.ts";
export { Population, type PopulationContext, type PopulationDecision, type PopulationSpec } from "./population.ts";
export {
  Members,
  MutableMembers,
  NO_POPULATIONS,
  PopulationMap,
  type ReadonlyColumn,
  type ReadonlyIds,
} from "./members.ts";
export type { Column, ColumnShape, ColumnType } from "./member_columns.ts";
export { type EncodedPopulation, entryAtByte, type PopulationHeader } from "./member_codec.ts";
export * from "./engine.ts";
export * from "./validator.ts";
export * from "./context.ts";
export * from "./action.ts";
export * from "./lifecycle.ts";
export * from "./message.ts";
export * from "./memory.ts";
export * from "./state.ts";
export * from "./space/mod.ts";
export * from "./llm/mod.ts";
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
  type JsonDefinition,
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
export * from "./state_entry.ts";
export * from "./reporter.ts";
export * from "./check.ts";
// How it is played and kept.
export { Observer } from "./observation.ts";
export * from "./orchestrator.ts";
export * from "./termination.ts";
export * from "./stats.ts";
export * from "./inputs.ts";
export { type DecisionJson, readDecision } from "./decision_json.ts";
export { type AddedAgent, EMPTY_LOOP, encodeLoop, type LoopState, type Mail, type Memories } from "./loop_state.ts";
export * from "./event_log.ts";
export * from "./ulid.ts";
export * from "./checkpoint.ts";
export * from "./schema_hash.ts";
export * from "./canonical_json.ts";
