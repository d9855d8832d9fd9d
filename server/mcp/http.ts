/** MCP over HTTP: one address for the present revision, which knows no sessions, and for the former one, which needs them. */

import {
  type AuthInfo,
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  type McpHttpHandler,
  type McpServer,
} from "@modelcontextprotocol/server";
import { Places } from "../auth/mod.ts";
import { BODY_LIMIT, jsonIn, readBytes } from "../body.ts";
import type { Principal } from "../context.ts";
import type { LogFields } from "../log.ts";
import { ProblemError } from "../problem.ts";
import { HEARTBEAT_INTERVAL } from "../streams/mod.ts";
import { OpenAnswers } from "./open_answers.ts";
import { type McpParts, newServer } from "./server.ts";
import { McpSessions, type SessionLimits } from "./sessions.ts";
import { tellOf, Updates } from "./updates.ts";

/** Streams of clients that wait for changes, at a time; one key has a share of them. */
const MOST_LISTENERS = 256;

/** A request that is answered for as long as its client listens. */
const LISTEN = "subscriptions/listen";

/** Codes of bodies that came whole and are no JSON that we read. */
const UNREADABLE: ReadonlySet<string> = new Set(["bad_json", "bad_encoding"]);

/** Where servers come from. */
export interface McpEndpointOptions {
  /** A new server, for one request or one session. */
  readonly make: () => McpServer;
  /** What clients are told of; closed with the endpoint. */
  readonly updates: Updates;
  readonly sessions?: SessionLimits;
  /** Milliseconds between looks for who may not go on. Default {@linkcode HEARTBEAT_INTERVAL}. */
  readonly checkInterval?: number;
  /** Told of what goes wrong beside requests. */
  readonly onError: (error: Error) => void;
}

/** Who asks, and where what was asked is noted. */
export interface Asker {
  readonly principal: Principal;
  readonly note?: (fields: LogFields) => void;
}

/** Answers requests to `/mcp`. Who may ask at all has been found out before. */
export class McpEndpoint {
  readonly #options: McpEndpointOptions;
  readonly #modern: McpHttpHandler;
  readonly #sessions: McpSessions;
  readonly #answers = new OpenAnswers();
  readonly #listeners = new Places(MOST_LISTENERS);
  readonly #check: ReturnType<typeof setInterval>;

  constructor(options: McpEndpointOptions) {
    const { make, updates, sessions, onError, checkInterval = HEARTBEAT_INTERVAL } = options;
    this.#options = options;
    this.#modern = createMcpHandler(make, { legacy: "reject", onerror: onError, maxSubscriptions: MOST_LISTENERS });
    this.#sessions = new McpSessions(this.#answers, sessions);
    this.#check = setInterval(() => {
      // Streams have their last word before their session ends.
      this.#answers.check();
      this.#sessions.sweep();
    }, checkInterval);
    Deno.unrefTimer(this.#check);
    const { notify } = this.#modern;
    updates.listen({
      updated: (uri) => notify.resourceUpdated(uri),
      listChanged: () => notify.resourcesChanged(),
    });
  }

  /** Sessions that there are now. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /** The modern side, for what a test's server has to say of itself. */
  get notify(): McpHttpHandler["notify"] {
    return this.#modern.notify;
  }

  /** Answers a request. @throws {ProblemError} 400, 408 and 413 of bodies that do not come whole */
  async fetch(request: Request, { principal, note }: Asker): Promise<Response> {
    const authInfo = { token: "", clientId: principal.id, scopes: [...principal.scopes], extra: { principal } };
    let body: unknown;
    if (request.method === "POST") {
      try {
        body = jsonIn(await readBytes(request, BODY_LIMIT));
      } catch (error) {
        if (!(error instanceof ProblemError && UNREADABLE.has(error.code))) throw error;
        return refused(400, -32700, `Parse error: ${error.message}`);
      }
      note?.(notedOf(body));
      if (!(await isLegacyRequest(request, body))) return await this.#present(request, body, principal, authInfo);
    }
    const asked = {
      principal,
      options: { authInfo, ...(body !== undefined && { parsedBody: body }) },
    };
    const id = request.headers.get("mcp-session-id");
    if (id !== null) {
      return await this.#sessions.continue(id, request, asked) ??
        refused(404, -32001, "Session not found: it has ended; initialize again");
    }
    if (request.method !== "POST") {
      return refused(405, -32000, "Method not allowed: a stream needs a session", { allow: "POST" });
    }
    if (!isInitializeRequest(body)) {
      return refused(400, -32000, "Bad Request: initialize first; then send Mcp-Session-Id");
    }
    return await this.#sessions.begin(request, asked, () => {
      const server = this.#options.make();
      return { server, end: tellOf(this.#options.updates, server, "legacy") };
    }) ?? refused(503, -32000, "Too many sessions: try again later", { "retry-after": "60" });
  }

  /** Answers a request of the present revision. */
  async #present(request: Request, body: unknown, principal: Principal, authInfo: AuthInfo): Promise<Response> {
    const isListening = (body as { readonly method?: unknown } | null)?.method === LISTEN;
    const leave = isListening ? this.#listeners.take(principal) : () => {};
    if (typeof leave === "string") {
      return refused(429, -32000, "Too many listeners: close some, or try again later", { "retry-after": "60" });
    }
    try {
      const response = await this.#modern.fetch(request, { authInfo, parsedBody: body });
      return this.#answers.watch(response, principal, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Ends everything that is under way. */
  async close(): Promise<void> {
    clearInterval(this.#check);
    this.#options.updates.close();
    await this.#sessions.close();
    await this.#modern.close();
  }
}

/** The endpoint with the tools, resources and prompts of llm-sim. */
export function openEndpoint(parts: Omit<McpParts, "updates">): McpEndpoint {
  const updates = new Updates(parts.app);
  return new McpEndpoint({
    make: () => newServer({ ...parts, updates }),
    updates,
    onError: (error) => parts.log.failure("mcp", error),
  });
}

/** What the audit tells of a message. */
function notedOf(body: unknown): LogFields {
  const { method, params } = (Array.isArray(body) ? body[0] : body) as {
    readonly method?: unknown;
    readonly params?: { readonly name?: unknown; readonly arguments?: { readonly run_id?: unknown } };
  } ?? {};
  const named = typeof params?.name === "string" ? ` ${params.name.slice(0, 100)}` : "";
  const runId = params?.arguments?.run_id;
  return {
    ...(typeof method === "string" && { mcp: `${method.slice(0, 100)}${named}` }),
    ...(typeof runId === "string" && { run_id: runId.slice(0, 300) }),
  };
}

function refused(status: number, code: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ jsonrpc: "2.0", error: { code, message }, id: null }, { status, headers });
}
