/**
 * The web layer: what route files are written with, and the server that serves them.
 *
 * @module
 */

export {
  mayDo,
  type Principal,
  type RequestContext,
  type Scope,
  SCOPES,
  type Sessions,
  type StreamHub,
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
export { type Features, featuresOf } from "./features.ts";
export { isLoopback } from "./hosts.ts";
export { findScenario, type ScenarioFile, scenarioFiles } from "./scenario_files.ts";
export { Log, LOG_LEVELS, type LogFields, type LogLevel, StreamSink } from "./log.ts";
export { type LayoutProps, page, type PageProps, type RouteManifest } from "./page.ts";
export { type Problem, ProblemError, type ProblemIssue, problemIssue, problemOf } from "./problem.ts";
export { readForm } from "./body.ts";
export { jsonResponse, tagged } from "./etag.ts";
export { createServer, type Mount, type MountParts, type Server, type ServerOptions } from "./server.ts";
export { KeyRing, KeyStore, type StoredKey } from "./auth/mod.ts";
export { listen, type Listening, type ListenOptions, serve } from "./listen.ts";
