/**
 * The web layer: what route files are written with, and the server that serves them.
 *
 * @module
 */

export {
  type Keys,
  type ListedKey,
  mayDo,
  type Operations,
  type Principal,
  type RequestContext,
  type RunCursor,
  type Scope,
  SCOPES,
  type Sessions,
  type StorageUse,
  type StreamHub,
  type Streams,
} from "./context.ts";
export {
  endpoint,
  type EndpointInput,
  type EndpointSpec,
  many,
  type MountedEndpoint,
  type Plain,
  problem,
  Reply,
  reply,
  type ResponseSpec,
} from "./endpoint.ts";
export { METRICS_TYPE } from "./metrics.ts";
export { type Features, featuresOf } from "./features.ts";
export { agentsParam, batchIdParam, flagParam, intParam, listParam, optionalInt, runIdParam } from "./params.ts";
export { PAGE_HEADERS, pageOfRows, pageOfTexts } from "./paging.ts";
export * from "./representations/mod.ts";
export { requestLimit } from "./middleware/rate_limit.ts";
export { assertMay } from "./middleware/scopes.ts";
export { keepHouse } from "./housekeeping.ts";
export { isLoopback } from "./hosts.ts";
export { type ScenarioName, scenarioNames } from "./scenario_files.ts";
export { type ScenarioLine, scenarioList } from "./scenario_list.ts";
export { cookieOf, keptCookie } from "./cookies.ts";
export { type Theme, THEME_COOKIE, themeOf, THEMES } from "./theme.ts";
export { localPath } from "./local_path.ts";
export { type DomainHealth, domainSoon, domainsSoon, lookAtDomains } from "./recent_domains.ts";
export { within } from "./within.ts";
export { recentTree } from "./recent_tree.ts";
export { kindOfText, type ScenarioKind, type Tree, TREE_RUNS, treeOf } from "./tree.ts";
export { Log, LOG_LEVELS, type LogFields, type LogLevel, StreamSink } from "./log.ts";
export { type LayoutProps, page, type PageProps, type RouteManifest } from "./page.ts";
export { type Problem, ProblemError, type ProblemIssue, problemIssue, problemOf } from "./problem.ts";
export { readForm } from "./body.ts";
export { type AskedBatch, quoteBatch, startBatch, unlessTooMany } from "./batch_start.ts";
export { type AskedConversation, planNames, quoteConversation, startConversation } from "./conversation_start.ts";
export { startNamed } from "./named_start.ts";
export { type AskedTemplate, removeNotebook, templateText, writeNotebook } from "./notebook_files.ts";
export { removeScenarioFile, writeScenarioFile } from "./scenario_writes.ts";
export { type Precondition, preconditionOf } from "./preconditions.ts";
export { answered } from "./questions.ts";
export { apiDescription } from "./description.ts";
export { jsonResponse, tagged } from "./etag.ts";
export { createServer, type Mount, type MountParts, type Server, type ServerOptions } from "./server.ts";
export { KeyRing, KeyStore, type StoredKey } from "./auth/mod.ts";
export { liveReload } from "./live_reload.ts";
export { BUILT_SCRIPTS, currentScripts, scriptsForServer } from "./page_scripts.ts";
export { Scripts } from "./scripts.ts";
export { listen, type Listening, type ListenOptions, serve } from "./listen.ts";
export { EventHub, HEARTBEAT_INTERVAL, type HubOptions, lastEventId, type StreamClock } from "./streams/mod.ts";
