/** Sessions of clients that speak the former revision: bounded in number, and forgotten when nobody uses them. */

import { type McpServer, WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/server";
import { RecentMessages } from "./replay.ts";

/** Sessions at a time. */
const MOST_SESSIONS = 64;
/** Milliseconds after which a session that nobody uses is forgotten. */
const IDLE = 30 * 60_000;

interface Session {
  /** Id of the key that began it; nobody else may use it. */
  readonly owner: string;
  readonly server: McpServer;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly end: () => void;
  /** Answers under way, long-lived streams among them. */
  open: number;
  used: number;
}

/** What a request to a session brings. */
export interface SessionRequest {
  readonly owner: string;
  readonly options: Parameters<WebStandardStreamableHTTPServerTransport["handleRequest"]>[1];
}

/** How sessions are bounded. */
export interface SessionLimits {
  readonly most?: number;
  readonly idleMs?: number;
}

/** Law: at most `most` sessions; one that is in use is never given up for another. */
export class McpSessions {
  readonly #sessions = new Map<string, Session>();
  readonly #most: number;
  readonly #idle: number;
  readonly #sweep: ReturnType<typeof setInterval>;

  constructor({ most = MOST_SESSIONS, idleMs = IDLE }: SessionLimits = {}) {
    this.#most = most;
    this.#idle = idleMs;
    this.#sweep = setInterval(() => this.#forgetIdle(), Math.min(60_000, idleMs));
    Deno.unrefTimer(this.#sweep);
  }

  /** Sessions that there are now. */
  get size(): number {
    return this.#sessions.size;
  }

  /**
   * Answers a request that begins a session.
   * @param make a new server, and what to do when its session ends
   * @returns null when there are too many sessions, all of them in use
   */
  async begin(
    request: Request,
    { owner, options }: SessionRequest,
    make: () => { readonly server: McpServer; readonly end: () => void },
  ): Promise<Response | null> {
    this.#forgetIdle();
    if (this.#sessions.size >= this.#most && !this.#giveUpOldest()) return null;
    const { server, end } = make();
    const transport: WebStandardStreamableHTTPServerTransport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      eventStore: new RecentMessages(),
      retryInterval: 2000,
      onsessioninitialized: (id) => {
        this.#sessions.set(id, { owner, server, transport, end, open: 0, used: performance.now() });
      },
    });
    transport.onclose = () => {
      const id = transport.sessionId;
      if (id !== undefined) this.#sessions.delete(id);
      end();
    };
    await server.connect(transport);
    const response = await transport.handleRequest(request, options);
    const session = this.#sessions.get(transport.sessionId ?? "");
    if (session !== undefined) return this.#counted(session, response);
    // What should have begun it was refused.
    await server.close();
    return response;
  }

  /** Answers a request of a session; null when there is none of this id, or it is somebody else's. */
  async continue(id: string, request: Request, { owner, options }: SessionRequest): Promise<Response | null> {
    const session = this.#sessions.get(id);
    if (session === undefined || session.owner !== owner) return null;
    session.used = performance.now();
    session.open++;
    try {
      return this.#counted(session, await session.transport.handleRequest(request, options));
    } finally {
      session.open--;
    }
  }

  /** Ends all sessions. */
  async close(): Promise<void> {
    clearInterval(this.#sweep);
    for (const { server } of [...this.#sessions.values()]) await server.close();
  }

  /** The response, during which the session counts as used. */
  #counted(session: Session, response: Response): Response {
    const { body } = response;
    if (body === null) return response;
    session.open++;
    let isOpen = true;
    const ended = () => {
      if (!isOpen) return;
      isOpen = false;
      session.open--;
      session.used = performance.now();
    };
    const reader = body.getReader();
    const counted = new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        try {
          const { value, done } = await reader.read();
          if (!done) return controller.enqueue(value as Uint8Array<ArrayBuffer>);
          ended();
          controller.close();
        } catch (error) {
          ended();
          controller.error(error);
        }
      },
      async cancel(reason) {
        ended();
        await reader.cancel(reason);
      },
    });
    return new Response(counted, { status: response.status, headers: response.headers });
  }

  #forgetIdle(): void {
    const now = performance.now();
    for (const session of [...this.#sessions.values()]) {
      if (session.open === 0 && now - session.used > this.#idle) this.#give(session);
    }
  }

  #giveUpOldest(): boolean {
    const unused = [...this.#sessions.values()].filter(({ open }) => open === 0).sort((a, b) => a.used - b.used);
    if (unused[0] === undefined) return false;
    this.#give(unused[0]);
    return true;
  }

  #give(session: Session): void {
    this.#sessions.delete(session.transport.sessionId!);
    session.server.close().catch(() => {/* it is forgotten all the same */});
  }
}
