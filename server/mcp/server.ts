/** One MCP server: all tools, resources and prompts, for one request or one connection. */

import { type CallToolResult, McpServer, type ServerContext } from "@modelcontextprotocol/server";
import { type App, VERSION } from "../../runner/mod.ts";
import type { Principal } from "../context.ts";
import { featuresOf } from "../features.ts";
import type { Log } from "../log.ts";
import { assertMay } from "../middleware/scopes.ts";
import { errorText } from "./errors.ts";
import { registerPrompts } from "./prompts.ts";
import { registerResources } from "./resources.ts";
import type { Answer, Tool, ToolContext } from "./tool.ts";
import { getBatch, runBatch } from "./tools/batches.ts";
import { compareSimulations, plotRuns, queryRuns } from "./tools/comparing.ts";
import { advanceConversation, getConversation, startConversation } from "./tools/conversations.ts";
import { listNotebooks, readNotebook, runNotebook, writeNotebookTool } from "./tools/notebooks.ts";
import { advance, cancel, decide, fork, intervene, pause, resume, start } from "./tools/steering.ts";
import { listScenarios, validate, writeScenario } from "./tools/scenarios.ts";
import { getResults, getStatus, listSimulations, waitFor } from "./tools/watching.ts";
import type { Updates } from "./updates.ts";

/** Every tool, in the order in which clients list them. */
export const TOOLS: readonly Tool[] = [
  start,
  getStatus,
  listSimulations,
  cancel,
  getResults,
  waitFor,
  pause,
  resume,
  advance,
  fork,
  decide,
  intervene,
  listScenarios,
  validate,
  writeScenario,
  startConversation,
  advanceConversation,
  getConversation,
  runBatch,
  getBatch,
  compareSimulations,
  queryRuns,
  plotRuns,
  listNotebooks,
  readNotebook,
  writeNotebookTool,
  runNotebook,
];

/** What a server is made with. */
export interface McpParts {
  readonly app: App;
  readonly log: Pick<Log, "failure">;
  readonly updates: Updates;
}

const INSTRUCTIONS =
  `llm-sim plays multi-agent simulations. list_scenarios shows what can be played; start_simulation starts one and \
returns at once; wait_for_simulation waits for it; get_simulation_results has what it came to. Several can be started one after \
the other: they are played side by side. fork_simulation asks "what if" from any turn of one that has been played. run_batch plays \
many runs over values and seeds and says what is more than chance; query_runs asks all runs in SQL. A notebook keeps such work on a page that can be read and run again: \
write_notebook writes one, run_notebook plays it.`;

/** What servers of ours can do, whatever is registered with them. */
export const CAPABILITIES = {
  tools: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  prompts: { listChanged: true },
  completions: {},
} as const;

/** Makes a server with everything in it. */
export function newServer(parts: McpParts): McpServer {
  const server = new McpServer(
    { name: "llm-sim", version: VERSION, title: "llm-sim" },
    { capabilities: CAPABILITIES, instructions: INSTRUCTIONS },
  );
  const features = featuresOf(parts.app.config);
  for (const tool of TOOLS) {
    if (tool.feature === undefined || features[tool.feature]) registerTool(server, tool, parts);
  }
  registerResources(server, parts.app);
  registerPrompts(server, parts.app);
  return server;
}

function registerTool(server: McpServer, tool: Tool, parts: McpParts): void {
  const { name, title, description, input, output, effect } = tool;
  const { readOnly = false, destructive = false, idempotent = false } = effect;
  server.registerTool(name, {
    title,
    description,
    inputSchema: input,
    outputSchema: output,
    annotations: {
      readOnlyHint: readOnly,
      destructiveHint: destructive,
      idempotentHint: idempotent,
      // Simulations are a world of their own.
      openWorldHint: false,
    },
  }, async (args: unknown, context: ServerContext): Promise<CallToolResult> => {
    try {
      const principal = principalOf(context);
      if (principal !== null) assertMay(principal, tool.scope);
      const answer = await tool.call(args, contextOf(context, parts.app, principal));
      if (tool === writeScenario) parts.updates.scenarioWritten((answer.value as { readonly uri: string }).uri);
      return resultOf(answer);
    } catch (error) {
      return { content: [{ type: "text", text: errorText(error, parts.log) }], isError: true };
    }
  });
}

/** As {@linkcode ToolContext} has it. */
function principalOf({ http }: ServerContext): Principal | null {
  return (http?.authInfo?.extra?.principal as Principal | undefined) ?? null;
}

function contextOf({ mcpReq }: ServerContext, app: App, principal: Principal | null): ToolContext {
  const token = mcpReq._meta?.progressToken;
  let before = -Infinity;
  return {
    app,
    principal,
    signal: mcpReq.signal,
    progress(done, total, message) {
      if (token === undefined || done <= before || mcpReq.signal.aborted) return;
      before = done;
      const params = { progressToken: token, progress: done, total, message };
      // A client that is gone needs no progress.
      mcpReq.notify({ method: "notifications/progress", params }).catch(() => {});
    },
  };
}

function resultOf({ value, text, links = [], enclosed = [] }: Answer<unknown>): CallToolResult {
  return {
    structuredContent: value as { [key: string]: unknown },
    content: [
      { type: "text", text },
      ...enclosed.map((resource) => ({ type: "resource" as const, resource: { ...resource } })),
      ...links.map((link) => ({ type: "resource_link" as const, ...link })),
    ],
  };
}
