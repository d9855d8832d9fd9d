/**
 * The runner: sandbox, store, manager, and the verbs that all doors share ({@linkcode App}).
 *
 * @module
 */

export { App, type AppOptions, type HostBudget, openApp } from "./app.ts";
export type { PreparedStart, StartSpec, Variation } from "./starts.ts";
export type { AgentPositions } from "./agent_positions.ts";
export type { AgentSeries, AgentSeriesQuery, AgentTable } from "./agent_tables.ts";
export { type ListedProvider, type ModelChoice, modelLine, PRICES_AS_OF, type ProviderList } from "./gateway/mod.ts";
export { modelLabel, OFFLINE_MEANING } from "./offline_label.ts";
export { VERSION } from "./identity.ts";
export type { ForkSpec } from "./fork.ts";
export type { PendingDecision } from "./live_inputs.ts";
export type { CallReport } from "./live_calls.ts";
export type { RunNotice } from "./manager.ts";
export type { PreparedRun, ScenarioSource } from "./prepare.ts";
export type { ReplayReport } from "./replay.ts";
export type { ComponentCounts, RepoInfo } from "./repos.ts";
export { FileConflict } from "./file_conflict.ts";
export type { DraftFindings, ScenarioDraft } from "./scenario_draft.ts";
export type { ScenarioFiles, ScenarioText } from "./scenario_files.ts";
export { editedScenario } from "./scenario_edit.ts";
export type { ScenarioFile } from "./scenarios.ts";
export {
  asOutputError,
  type CallPage,
  type CallQuery,
  type Divergence,
  type EventPage,
  type EventQuery,
  isEnded,
  isLive,
  type LineText,
  type LogLine,
  type LogNumbers,
  type LogPage,
  type LogQuery,
  type Manifest,
  type NumbersQuery,
  type OpenedFile,
  type Page,
  type PageQuery,
  type Row,
  RUN_SORTS,
  RUN_STATUSES,
  type RunConfig,
  type RunFile,
  type RunPage,
  type RunQuery,
  type RunRow,
  runRow,
  type RunRowPage,
  type RunSort,
  type RunStatus,
  type RunTally,
  type StoredState,
} from "./store/mod.ts";
export * from "./batch/mod.ts";
export type * from "./compare/mod.ts";
export * from "./conversation/mod.ts";
export * from "./notebook/mod.ts";
export { BATCH_FORMATS, type BatchFormat } from "./export/batch/mod.ts";
export type { QueryOptions, QueryResult, QuerySchema, SqlColumn, SqlTable } from "./sql/mod.ts";
export { CHILD_SUBCOMMAND } from "./sandbox/mod.ts";
export { ROOT } from "./paths.ts";
