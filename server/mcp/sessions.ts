/** Sessions of clients that speak the former revision: bounded in number, and forgotten when nobody uses them. */

import { type McpServer, WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/server";
import { shareOf } from "../auth/mod.ts";
import type { Principal } from "../context.ts";
import type { OpenAnswers } from "./open_answers.ts";
import { RecentMessages } from "./replay.ts";

/** Sessions at a time; one key has a share of them. */
const MOST_SESSIONS = 64;
/** Milliseconds after which a session that nobody uses is forgotten. */
const IDLE = 30 * 60_000;

interface Session {
  /** Who has used it last, always by the key that began it: nobody else may. */
  principal: Principal;
  readonly server: McpServer;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly end: () => void;
  /** Answers under way, long-lived streams among them. */
  open: number;
  used: number;
}

/** What a request to a session brings. */
export interface SessionRequest {
  readonly principal: Principal;
  readonly options: Parameters<WebStandardStreamableHTTPServerTransport["handleRequest"]>[1];
}

/** How sessions are bounded. */
export interface SessionLimits {
  readonly most?: number;
  readonly idleMs?: number;
}

/**
 * Laws: at most `most` sessions, of one key at most its share; one that is in use is never given up for another, nor one
 * of somebody else's by who has all of its share; one whose principal may not use it any more ends.
 */
export class McpSessions {
  readonly #sessions = new Map<string, Session>();
  readonly #most: number;
  readonly #idle: number;
  readonly #answers: OpenAnswers;

  /** @param answers where their answers are looked after */
  constructor(answers: OpenAnswers, { most = MOST_SESSIONS, idleMs = IDLE }: SessionLimits = {}) {
    this.#answers = answers;
    this.#most = most;
    this.#idle = idleMs;
  }

  /** Sessions that there are now. */
  get size(): number {
    return this.#sessions.size;
  }

  /**
   * Answers a request that begins a session.
   * @param make a new server, and what to do when its session ends
   * @returns null when there are too many sessions, of this principal or of all, and all of them in use
   */
  async begin(
    request: Request,
    { principal, options }: SessionRequest,
    make: () => { readonly server: McpServer; readonly end: () => void },
  ): Promise<Response | null> {
    this.sweep();
    if (!this.#hasRoom(principal)) return null;
    const { server, end } = make();
    const transport: WebStandardStreamableHTTPServerTransport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      eventStore: new RecentMessages(),
      retryInterval: 2000,
      onsessioninitialized: (id) => {
        this.#sessions.set(id, { principal, server, transport, end, open: 0, used: performance.now() });
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
  async continue(id: string, request: Request, { principal, options }: SessionRequest): Promise<Response | null> {
    const session = this.#sessions.get(id);
    if (session === undefined || session.principal.id !== principal.id) return null;
    session.principal = principal;
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
    for (const { server } of [...this.#sessions.values()]) await server.close();
  }

  /** The response, during which the session counts as used. */
  #counted(session: Session, response: Response): Response {
    session.open++;
    return this.#answers.watch(response, session.principal, () => {
      session.open--;
      session.used = performance.now();
    });
  }

  /** Ends what nobody has used for long, and what nobody may use any more. */
  sweep(): void {
    const now = performance.now();
    for (const session of [...this.#sessions.values()]) {
      const isIdle = session.open === 0 && now - session.used > this.#idle;
      if (isIdle || session.principal.refusal() !== null) this.#give(session);
    }
  }

  /** Whether there is a place, where need be that of the one not used for longest. */
  #hasRoom(principal: Principal): boolean {
    const all = [...this.#sessions.values()];
    const own = all.filter((session) => session.principal.id === principal.id);
    if (own.length >= shareOf(this.#most, principal)) return this.#giveUpOldest(own);
    return all.length < this.#most || this.#giveUpOldest(all);
  }

  #giveUpOldest(sessions: readonly Session[]): boolean {
    const unused = sessions.filter(({ open }) => open === 0).sort((a, b) => a.used - b.used);
    if (unused[0] === undefined) return false;
    this.#give(unused[0]);
    return true;
  }

  #give(session: Session): void {
    this.#sessions.delete(session.transport.sessionId!);
    session.server.close().catch(() => {/* it is forgotten all the same */});
  }
}
