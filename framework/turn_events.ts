/** The events of a turn: what is recorded of decisions, actions and changes, and what caused what. */

import type { Action, Verdict } from "./action.ts";
import { type AgentSlot, type FailedDecision, partsOf } from "./decision.ts";
import type { EventLog } from "./event_log.ts";
import type { Json, JsonObject } from "./json.ts";
import type { ToolCall } from "./llm/call.ts";
import { shortened } from "./llm/feedback.ts";
import type { Attempt, Question } from "./llm/turn_calls.ts";
import type { LifecycleOutcome } from "./lifecycle_rules.ts";
import type { OutgoingMessage } from "./message.ts";
import type { SimulationState } from "./state.ts";
import type { VariableLayout } from "./variables.ts";
import { isAccepted } from "./judgement.ts";

/** An event's `details` as the rest of its line. */
export function details(object: JsonObject): string {
  return `"details":${JSON.stringify(object)}`;
}

/** Records the events of one turn, all of them caused, directly or not, by its `turn_start`. */
export class TurnEvents {
  readonly #log: EventLog;
  readonly #start: number;
  /** Id of each agent's last recorded ACTION, for the ENV events it may have caused. */
  readonly #acted = new Map<string, number>();
  /** Id of the DECISION of each agent that sent messages or asked for something. */
  readonly #decided = new Map<string, number>();
  /** Id of the last LLM event of each agent, which its DECISION follows from. */
  readonly #asked = new Map<string, number>();
  /** Id of the INTERVENTION that set a variable: `global.x`, `agents.A.x`. */
  readonly #set = new Map<string, number>();

  /** @param start id of the event that opens the turn */
  constructor(log: EventLog, start: number) {
    this.#log = log;
    this.#start = start;
  }

  /** A decision that was skipped or replaced. */
  failure(slot: AgentSlot, failed: FailedDecision): void {
    const text = details({
      kind: "decision_failed",
      policy: failed.policy,
      attempts: failed.attempts,
      error: { code: failed.error.code, message: failed.error.message },
      instead: partsOf(failed.instead).length === 0 ? "nothing" : "fallback",
    });
    this.#log.emit("VALIDITY", text, this.#start, slot.nameJson);
  }

  /**
   * What was asked of a model or a service: an LLM event per attempt, and a VALIDITY event where it was in vain and that
   * is not tolerated.
   */
  question({ asker, agent, purpose, n, attempts, failure }: Question): void {
    const agentJson = agent === "" ? "" : JSON.stringify(agent);
    let last = this.#start;
    for (const attempt of attempts) {
      last = this.#log.emit("LLM", attemptDetails(asker, attempt), this.#start, agentJson) || last;
    }
    if (agent !== "") this.#asked.set(agent, last);
    if (failure === null || failure.tolerated) return;
    const text = details({ kind: "question_failed", component: asker, purpose, n, error: failure });
    this.#log.emit("VALIDITY", text, last, agentJson);
  }

  /**
   * A DECISION per agent that acts, an ACTION per action. `owners` are positions in `slots`.
   * @param others agents whose decision holds more than actions
   */
  actions(
    slots: readonly AgentSlot[],
    actions: readonly Action[],
    owners: readonly number[],
    verdicts: readonly Verdict[],
    others: ReadonlySet<AgentSlot>,
  ): void {
    const log = this.#log;
    if (!log.wants("DECISION")) return;
    const all = log.wants("ACTION");
    for (let i = 0, decision = 0; i < actions.length; i++) {
      const action = actions[i]!;
      const slot = slots[owners[i]!]!;
      const { nameJson } = slot;
      // Several actions of one agent are one decision.
      if (i === 0 || owners[i] !== owners[i - 1]) {
        const cause = this.#asked.size === 0 ? this.#start : this.#asked.get(action.agent_name) ?? this.#start;
        decision = log.emit("DECISION", decisionDetails(action), cause, nameJson);
        if (others.size > 0 && others.has(slot)) this.#decided.set(action.agent_name, decision);
      }
      if (!all) continue;
      const accepted = isAccepted(verdicts[i]!);
      const id = log.emit("ACTION", actionDetails(action, accepted, verdicts[i]!), decision, nameJson);
      if (accepted) this.#acted.set(action.agent_name, id);
    }
  }

  /** The DECISION that a message or a request of an agent belongs to; one of its own where the agent did not act. */
  decisionOf({ agent, nameJson }: AgentSlot, kind: "message" | "lifecycle", reasoning: string | undefined): number {
    const present = this.#decided.get(agent.name);
    if (present !== undefined) return present;
    const text = details({ decision_type: kind, ...(reasoning !== undefined && { reasoning }) });
    const id = this.#log.emit("DECISION", text, this.#start, nameJson);
    this.#decided.set(agent.name, id);
    return id;
  }

  /** A message, sent by an agent or (null) by the world; `unknown` are names that are no agent's. */
  message(from: string | null, message: OutgoingMessage, cause: number, unknown: readonly string[]): void {
    const { to, content, radius } = message;
    const text = details({
      action_type: "message",
      action_payload: { to, content, ...(radius !== null && { radius }) },
      validated: unknown.length === 0,
      ...(unknown.length > 0 && { reason: `there is no agent '${unknown.join("', '")}'` }),
    });
    this.#log.emit("ACTION", text, cause || this.#start, from === null ? "" : JSON.stringify(from));
  }

  /** What the members of a population did: how many did what. */
  population(name: string, counts: JsonObject): void {
    const text = details({ action_type: "population", action_payload: counts, validated: true });
    this.#acted.set(name, this.#log.emit("ACTION", text, this.#start, JSON.stringify(name)));
  }

  /** That an agent came, went, paused or acts again, or why not. */
  life({ operation, agent, by, cause, spec, turns, note, refused }: LifecycleOutcome): void {
    const text = details({
      operation,
      by: by.kind === "agent" ? `agent ${by.name}` : by.kind,
      applied: refused === null,
      ...(refused !== null && { reason: refused }),
      ...(spec && { agent: spec as unknown as JsonObject }),
      ...(turns !== undefined && { turns }),
      ...(note !== undefined && { note }),
    });
    this.#log.emit("LIFECYCLE", text, cause || this.#start, JSON.stringify(agent));
  }

  /** Who decides for an agent from now on, or why not. */
  handover(agent: string, body: JsonObject): void {
    this.#log.emit("INTERVENTION", details({ ...body, handover: agent }), this.#start, JSON.stringify(agent));
  }

  /** One ENV event per changed variable, caused by what set it, else by the agent's own action, else by the turn. */
  changes(
    before: SimulationState,
    after: SimulationState,
    slots: readonly AgentSlot[],
    agents: VariableLayout,
    globals: VariableLayout,
  ): void {
    if (!this.#log.wants("ENV")) return;
    for (const name of globals.names) {
      const cause = this.#set.get(`global.${name}`) ?? this.#start;
      this.#change(name, before.global_state[name], after.global_state[name], "global", cause, "");
    }
    const moved = before.space !== after.space;
    after.agents.records.forEach((agent, i) => {
      const same = before.agents.records[i];
      const old = same?.name === agent.name ? same : before.agents.get(agent.name);
      // Who has just come: its LIFECYCLE event says all.
      if (old === undefined) return;
      if (moved) this.#move(agent.name, before, after, slots[i]!.nameJson);
      if (old === agent) return;
      const acted = this.#acted.get(agent.name) ?? this.#start;
      for (const name of agents.names) {
        const cause = this.#set.get(`agents.${agent.name}.${name}`) ?? acted;
        this.#change(name, old[name], agent[name], "agent", cause, slots[i]!.nameJson);
      }
    });
  }

  /** How a number came about. */
  detail(calculation_type: string, intermediate_values: JsonObject): void {
    if (this.#log.wants("DETAIL")) {
      this.#log.emit("DETAIL", details({ calculation_type, intermediate_values }), this.#start);
    }
  }

  /** What was done from outside and which variables it set; returns the event's id. */
  intervention(body: JsonObject, variables: readonly string[]): number {
    const id = this.#log.emit("INTERVENTION", details(body), this.#start);
    for (const variable of variables) this.#set.set(variable, id);
    return id;
  }

  #move(agent: string, before: SimulationState, after: SimulationState, nameJson: string): void {
    const [old, now] = [before.space?.position(agent) ?? null, after.space?.position(agent) ?? null];
    this.#change("location", old, now, "agent", this.#acted.get(agent) ?? this.#start, nameJson);
  }

  #change(name: string, old: Json, now: Json, scope: string, cause: number, agentJson: string): void {
    if (old === now) return;
    const [oldText, newText] = [JSON.stringify(old), JSON.stringify(now)];
    if (oldText === newText) return;
    const variable = JSON.stringify(name);
    const text =
      `"details":{"variable_name":${variable},"old_value":${oldText},"new_value":${newText},"scope":"${scope}"}`;
    this.#log.emit("ENV", text, cause, agentJson);
  }
}

/** Characters of prompts and replies in the log; the tape has them in full. */
const SHOWN = 500;

function attemptDetails(component: string, { call, settled, problem }: Attempt): string {
  const { purpose, n, attempt } = call;
  const { provider, model, response, error, usage, cost_usd, latency_ms, retries, reused } = settled;
  const asked: JsonObject = call.kind === "http"
    ? { kind: "http", method: call.method, url: call.url }
    : { kind: "llm", model, prompt: shortened(call.messages.at(-1)?.content ?? "", SHOWN) };
  const text = details({
    component,
    purpose,
    n,
    attempt,
    provider,
    ...asked,
    ...(response && { reply: shortened(response.content, SHOWN) }),
    ...(response?.tool_calls && { tool_calls: response.tool_calls.map(shownToolCall) }),
    ...(response?.status !== undefined && { status: response.status }),
    ...(error && { error: { code: error.code, message: error.message } }),
    ...(problem !== null && { problem: shortened(problem, SHOWN) }),
    ...(call.kind === "llm" && { input_tokens: usage.input_tokens, output_tokens: usage.output_tokens }),
  });
  return `${text},"volatile":${JSON.stringify({ latency_ms, cost_usd, retries, reused })}`;
}

function shownToolCall({ name, arguments: written }: ToolCall): JsonObject {
  return { name: shortened(name, SHOWN), arguments: shortened(written, SHOWN) };
}

// Assembled from text because ten thousand agents make twenty thousand of these a turn.
function decisionDetails(action: Action): string {
  const reason = (action.reasoning === undefined ? "" : `,"reasoning":${JSON.stringify(action.reasoning)}`) +
    (action.confidence === undefined ? "" : `,"confidence":${action.confidence}`);
  return `"details":{"decision_type":"agent_action","action_name":${JSON.stringify(action.action_name)}${reason}}`;
}

function actionDetails(action: Action, accepted: boolean, verdict: Verdict): string {
  const reason = typeof verdict === "object" && verdict.reason !== undefined
    ? `,"reason":${JSON.stringify(verdict.reason)}`
    : "";
  return `"details":{"action_type":${JSON.stringify(action.action_name)},"action_payload":${
    JSON.stringify(action.parameters)
  },"validated":${accepted}${reason}}`;
}
