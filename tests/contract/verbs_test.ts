import { App, Batches, Conversations, Notebooks, ROOT } from "../../runner/mod.ts";
import { buildProgram } from "../../cli/program.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";

/** Where a door has a verb: its name there; or a sentence in brackets where it has none. */
interface Doors {
  /** A command. */
  readonly cli: string;
  /** An operation of the OpenAPI document. */
  readonly rest: string;
  /** A tool. */
  readonly mcp: string;
}

const OWN = { cli: "(within one program)", rest: "(within one program)", mcp: "(within one program)" };
const SERVES = { cli: "serve", rest: "(the server does it)", mcp: "(the server does it)" };
const LOOK = "get_simulation_status";
const READ = "(resources of the run)";

/** Where each verb of the app is found. */
const DOORS: { readonly [verb: string]: Doors } = {
  start: { cli: "run", rest: "startSimulation", mcp: "start_simulation" },
  validate: { cli: "validate", rest: "validateScenario", mcp: "validate_scenario" },
  list: { cli: "runs list", rest: "(listRows)", mcp: "list_simulations" },
  listRows: { cli: "(list)", rest: "listSimulations", mcp: "(list)" },
  tallyRuns: { cli: "(sql counts them)", rest: "tallySimulations", mcp: "query_runs" },
  status: { cli: "runs show", rest: "getSimulation", mcp: LOOK },
  state: { cli: "runs show", rest: "getSimulation", mcp: LOOK },
  checkpoints: { cli: "runs show", rest: "listCheckpoints", mcp: READ },
  checkpoint: { cli: "(fork --turn; checkpoints/ of the run)", rest: "getCheckpoint", mcp: LOOK },
  result: { cli: "runs show", rest: "getResults", mcp: "get_simulation_results" },
  size: { cli: "runs show", rest: "(no use for it yet)", mcp: "(no use for it yet)" },
  runConfig: { cli: "(config.json of the run)", rest: "getConfig", mcp: READ },
  scenarioText: { cli: "(scenario.yaml of the run)", rest: "getConfig", mcp: READ },
  cancel: { cli: "runs cancel", rest: "cancelSimulation", mcp: "cancel_simulation" },
  delete: { cli: "runs delete", rest: "cancelSimulation", mcp: "(nothing is lost for good there)" },
  prune: { cli: "runs prune", rest: "(retention of the server)", mcp: "(nothing is lost for good there)" },
  setLabels: { cli: "(run --label)", rest: "labelSimulation", mcp: "(start_simulation takes labels)" },
  resume: { cli: "resume", rest: "resumeSimulation", mcp: "resume_simulation" },
  step: { cli: "resume", rest: "advanceSimulation", mcp: "advance_simulation" },
  fork: { cli: "fork", rest: "forkSimulation", mcp: "fork_simulation" },
  replay: { cli: "replay", rest: "replaySimulation", mcp: "(for who mends a domain)" },
  intervene: { cli: "intervene", rest: "intervene", mcp: "intervene" },
  decide: { cli: "decide", rest: "decide", mcp: "decide" },
  handOver: { cli: "handover", rest: "handOver", mcp: "(who decides is set in the scenario)" },
  pendingDecisions: { cli: "(run, resume and fork ask for them)", rest: "getSimulation", mcp: LOOK },
  events: { cli: "(events.jsonl of the run)", rest: "listEvents", mcp: READ },
  readEvents: { cli: "(events.jsonl of the run)", rest: "streamSimulation", mcp: READ },
  lastEventId: { cli: "(events.jsonl of the run)", rest: "streamSimulation", mcp: READ },
  metrics: { cli: "(global.jsonl of the run)", rest: "getMetrics", mcp: "get_simulation_results" },
  turnRows: { cli: "(global.jsonl of the run)", rest: "getMetrics", mcp: "get_simulation_results" },
  agents: { cli: "(agents.jsonl of the run)", rest: "listAgents", mcp: LOOK },
  positions: { cli: "(checkpoints/ and events.jsonl of the run)", rest: "listPositions", mcp: LOOK },
  agentSeries: { cli: "export", rest: "getAgentSeries", mcp: "query_runs" },
  inputs: { cli: "(inputs.jsonl of the run)", rest: "listInputs", mcp: READ },
  metricsParquet: {
    cli: "(sql reads the files as they are)",
    rest: "getMetricsParquet",
    mcp: "get_simulation_results",
  },
  metricsCsv: { cli: "export", rest: "getMetricsCsv", mcp: "get_simulation_results" },
  llmPage: { cli: "(llm.jsonl of the run)", rest: "listCalls", mcp: "(events say what models answered)" },
  logs: { cli: "(log.jsonl of the run)", rest: "listLogs", mcp: "(for who mends a domain)" },
  logNumbers: { cli: "(the files of the run)", rest: "listNumbers", mcp: READ },
  files: { cli: "(files/ of the run)", rest: "listFiles", mcp: "(files are for people)" },
  file: { cli: "(files/ of the run)", rest: "getFile", mcp: "(files are for people)" },
  filesZip: { cli: "(files/ of the run)", rest: "getFiles", mcp: "(files are for people)" },
  exportRun: { cli: "export", rest: "(pages of the run)", mcp: "(pages of the run)" },
  query: { cli: "sql", rest: "queryRuns", mcp: "query_runs" },
  querySchema: { cli: "sql", rest: "getQuerySchema", mcp: "query_runs" },
  compare: { cli: "compare", rest: "compareRuns", mcp: "compare_simulations" },
  plot: { cli: "(export, of runs and of batches)", rest: "(getBatchReport)", mcp: "plot_runs" },
  rows: { cli: "run", rest: "getResults", mcp: "get_simulation_results" },
  repos: { cli: "domains", rest: "listRepos", mcp: "list_scenarios" },
  repo: { cli: "domains", rest: "listRepos", mcp: "list_scenarios" },
  scenarios: { cli: "(validate FILES)", rest: "listScenarios", mcp: "list_scenarios" },
  resolveConfig: { cli: "(takes paths)", rest: "startSimulation", mcp: "start_simulation" },
  describeDomain: { cli: "domains", rest: "getComponents", mcp: "(validate_scenario names what there is)" },
  domains: { cli: "domains", rest: "listRepos", mcp: "list_scenarios" },
  domainFolder: { cli: "domains", rest: "listRepos", mcp: "write_scenario" },
  providers: { cli: "providers", rest: "listProviders", mcp: "(keys are the host's own matter)" },
  folder: { cli: "run", rest: "(paths of the host are its own)", mcp: "(paths of the host are its own)" },
  wait: { cli: "run", rest: "streamSimulation", mcp: "wait_for_simulation" },
  subscribe: { cli: "run", rest: "streamSimulations", mcp: "wait_for_simulation" },
  pause: { cli: "(Ctrl-C on run, resume, fork)", rest: "pauseSimulation", mcp: "pause_simulation" },
  interrupt: {
    cli: "(Ctrl-C twice on run, resume, fork)",
    rest: "(pauseSimulation loses nothing)",
    mcp: "(pause_simulation loses nothing)",
  },
  recover: { ...OWN, cli: "(every command does it at its start)" },
  close: { ...OWN, cli: "(every command does it at its end)" },
  budget: { ...OWN, rest: "getServer" },
  maxConcurrent: { cli: "serve", rest: "changeSettings", mcp: "(the host's own matter)" },
  load: { ...OWN, rest: "getServerMetrics" },
  countRuns: { ...OWN, rest: "getServerMetrics" },
  obstacles: { ...OWN, rest: "getReadiness" },
  isOpen: { ...OWN, rest: "getReadiness" },
  conversations: { ...OWN, cli: "converse" },
  batches: { ...OWN, cli: "batch" },
  notebooks: { ...OWN, cli: "notebook" },
  scenarioFiles: { cli: "(files are the user's own)", rest: "writeScenario", mcp: "write_scenario" },
  lookAtDraft: { cli: "validate", rest: "lookAtDraft", mcp: "write_scenario" },
  scenarioSchema: { cli: "(schema has the framework's)", rest: "getScenarioSchema", mcp: "(validate_scenario says)" },
  prepare: { ...OWN, cli: "batch" },
  contentKeyOf: { ...OWN, cli: "batch" },
  findEqual: { ...OWN },
  isCurrent: { ...OWN },
  prepareFork: { ...OWN },
  startPrepared: { ...OWN, cli: "batch" },
  assertOpen: { ...OWN, rest: "getReadiness" },
  checkRepos: SERVES,
  resumeLost: SERVES,
  pruneEvery: SERVES,
};

/** Where each verb of conversations is found. */
const CONVERSATION_DOORS: { readonly [verb: string]: Doors } = {
  start: { cli: "converse", rest: "startConversation", mcp: "start_conversation" },
  startPlanned: { cli: "converse", rest: "(startConversation)", mcp: "(start_conversation)" },
  plan: {
    cli: "converse",
    rest: "(a client starts as many as it wants)",
    mcp: "(a client starts as many as it wants)",
  },
  list: { cli: "conversations list", rest: "listConversations", mcp: "list_simulations" },
  get: { cli: "conversations show", rest: "getConversation", mcp: "get_conversation" },
  advance: { cli: "converse", rest: "advanceConversation", mcp: "advance_conversation" },
  cancel: { cli: "runs cancel", rest: "cancelConversation", mcp: "cancel_simulation" },
  rejudge: { cli: "conversations rejudge", rest: "rejudgeConversation", mcp: "(judges are for people to compare)" },
  label: { cli: "conversations label", rest: "labelTurn", mcp: "(labels are people's)" },
  unlabel: { cli: "(conversations label says another)", rest: "unlabelTurn", mcp: "(labels are people's)" },
  quote: { cli: "(converse says what it costs as it goes)", rest: "quoteConversation", mcp: "(quotes are for people)" },
  outline: { cli: "conversations show", rest: "getOutline", mcp: "get_conversation" },
  certificate: { cli: "conversations certificate", rest: "getCertificate", mcp: "(judges are for people to compare)" },
  certify: { cli: "conversations certificate", rest: "certifyJudge", mcp: "(judges are for people to compare)" },
  doNothing: { ...OWN, cli: "(reports of converse)" },
  assertOn: { ...OWN, rest: "getFeatures" },
};

const LIMITED = "(limits of run_batch bound it)";

/** Where each verb of batches is found. */
const BATCH_DOORS: { readonly [verb: string]: Doors } = {
  start: { cli: "batch", rest: "startBatch", mcp: "run_batch" },
  check: { cli: "batch", rest: "startBatch", mcp: "run_batch" },
  read: { cli: "batch", rest: "startBatch", mcp: "run_batch" },
  quote: { cli: "batch", rest: "quoteBatch", mcp: LIMITED },
  ids: { cli: "batches list", rest: "listBatches", mcp: "(completes the names of resources)" },
  list: { cli: "batches list", rest: "(ids and get)", mcp: "(query_runs)" },
  get: { cli: "batches show", rest: "getBatch", mcp: "get_batch" },
  placeOf: { cli: "(batch.json)", rest: "(pages of the batch)", mcp: "(pages of the batch)" },
  results: { cli: "batches show", rest: "listBatchResults", mcp: "(a resource of the batch)" },
  summary: { cli: "batches show", rest: "getBatch", mcp: "get_batch" },
  exportBatch: { cli: "batches export", rest: "getBatchReport", mcp: "(a resource of the batch)" },
  wait: { cli: "batch", rest: "streamSimulations", mcp: "get_batch" },
  subscribe: { cli: "batch", rest: "streamSimulations", mcp: "run_batch" },
  pause: { cli: "(Ctrl-C on batch)", rest: "pauseBatch", mcp: LIMITED },
  resume: { cli: "batches resume", rest: "resumeBatch", mcp: "run_batch" },
  extend: { cli: "batches extend", rest: "extendBatch", mcp: "run_batch" },
  cancel: { cli: "batches cancel", rest: "cancelBatch", mcp: LIMITED },
  delete: { cli: "batches delete", rest: "cancelBatch", mcp: "(nothing is lost for good there)" },
  resumeLost: SERVES,
  isCancelled: SERVES,
  plan: { ...OWN },
  equalTo: { ...OWN },
  ofNotebook: { ...OWN },
  neededRuns: { ...OWN, cli: "runs prune" },
  close: { ...OWN, cli: "(every command does it at its end)" },
};

/** Where each verb of notebooks is found. */
const NOTEBOOK_DOORS: { readonly [verb: string]: Doors } = {
  list: { cli: "notebooks list", rest: "listNotebooks", mcp: "list_notebooks" },
  read: { cli: "notebook", rest: "readNotebook", mcp: "read_notebook" },
  write: { cli: "notebooks new", rest: "writeNotebook", mcp: "write_notebook" },
  remove: { cli: "(files are the user's own)", rest: "removeNotebook", mcp: "(nothing is lost for good there)" },
  rename: { cli: "(files are the user's own)", rest: "actOnNotebook", mcp: "(write_notebook makes another one)" },
  view: { cli: "notebook", rest: "actOnNotebook", mcp: "read_notebook" },
  run: { cli: "notebook", rest: "actOnNotebook", mcp: "run_notebook" },
  cancel: { cli: "(Ctrl-C on notebook)", rest: "actOnNotebook", mcp: "(cancel_simulation)" },
  settled: { cli: "notebook", rest: "streamSimulations", mcp: "run_notebook" },
  subscribe: {
    cli: "(a command is over before a file changes)",
    rest: "streamSimulations",
    mcp: "(updates of resources)",
  },
  template: { cli: "notebooks new", rest: "createNotebook", mcp: "write_notebook" },
  close: { ...OWN, cli: "(every command does it at its end)" },
};

/** What the first group of `pattern` is in the sources of a folder. */
function named(folder: string, pattern: RegExp): Set<string> {
  const found = new Set<string>();
  for (const { name, isDirectory } of Deno.readDirSync(`${ROOT}/${folder}`)) {
    const path = `${folder}/${name}`;
    if (isDirectory) { for (const each of named(path, pattern)) found.add(each); }
    else if (/(?<!_test)\.tsx?$/.test(name)) {
      for (const [, each] of Deno.readTextFileSync(`${ROOT}/${path}`).matchAll(pattern)) found.add(each!);
    }
  }
  return found;
}

function assertThere(door: keyof Doors, there: ReadonlySet<string>): void {
  for (
    const [verb, doors] of [
      ...Object.entries(DOORS),
      ...Object.entries(CONVERSATION_DOORS),
      ...Object.entries(BATCH_DOORS),
      ...Object.entries(NOTEBOOK_DOORS),
    ]
  ) {
    const name = doors[door];
    if (!name.startsWith("(")) assertTrue(there.has(name), `${door} has no '${name}' for ${verb}`);
  }
}

function verbsOf({ prototype }: { readonly prototype: object }): string[] {
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor").sort();
}

Deno.test("every verb of the app has its doors, or written reasons why not", () => {
  assertEquals(Object.keys(DOORS).sort(), verbsOf(App));
  assertEquals(Object.keys(CONVERSATION_DOORS).sort(), verbsOf(Conversations));
  assertEquals(Object.keys(BATCH_DOORS).sort(), verbsOf(Batches));
  assertEquals(Object.keys(NOTEBOOK_DOORS).sort(), verbsOf(Notebooks));
});

Deno.test("every command named for a verb exists", () => {
  const program = buildProgram(() => {});
  const commands = program.commands.flatMap((command) => [
    command.name(),
    ...command.commands.map((inner) => `${command.name()} ${inner.name()}`),
  ]);
  assertThere("cli", new Set(commands));
});

Deno.test("every operation named for a verb exists", () => {
  assertThere("rest", named("routes", /^ {2}operationId: "(\w+)"/gm));
});

Deno.test("every tool named for a verb exists", () => {
  assertThere("mcp", named("server/mcp/tools", /^ {2}name: "(\w+)"/gm));
});
