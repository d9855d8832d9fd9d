/** What components are given in a turn, for tests of their single methods. */

import {
  type AgentContext,
  AgentMemory,
  type AskingContext,
  type EngineContext,
  type LifecycleRequest,
  rng,
} from "../../framework/mod.ts";

/** Nobody answers: what asks is tested with a host. */
const NOBODY: Pick<AskingContext, "llm" | "http"> = {
  llm: {
    chat: () => Promise.reject(new Error("no model in this test")),
    isOffline: () => false,
    onFailure: () => "fail",
  },
  http: { request: () => Promise.reject(new Error("no service in this test")) },
};

/** What an engine is given in `turn`; what it asks for goes to `requests`. */
export function engineContext(turn: number, requests: LifecycleRequest[] = []): EngineContext {
  return {
    turn,
    files: "",
    log: () => {},
    detail: () => {},
    request: (request) => requests.push(request),
    send: () => {},
    ...NOBODY,
    rng: (purpose, agent = "") => rng(1, purpose, agent, turn),
  };
}

/** What agent `name` is given in `turn`: this mail and this memory. Default: no mail, and a memory that starts empty. */
export function agentContext(
  name: string,
  turn: number,
  { inbox = [], memory = newMemory(turn) }: Partial<Pick<AgentContext, "inbox" | "memory">> = {},
): AgentContext {
  return { turn, files: "", log: () => {}, rng: rng(1, "decide", name, turn), inbox, memory, ...NOBODY };
}

/** A memory in turn `turn` that holds what `before` held. */
export function newMemory(turn: number, before?: AgentMemory): AgentMemory {
  return new AgentMemory(before?.entries ?? [], turn, { max_entries: 1000, max_turns: null, max_bytes: 1e6 });
}
