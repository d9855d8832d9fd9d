/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The calls of models and services that a run has made: what was sent, what came back, what it took. */

import type { VNode } from "preact";
import { useMounted } from "../actions.tsx";
import { Icon } from "../icons.tsx";
import { count, dollars, duration, NOTHING } from "../number_format.tsx";
import { runUrl } from "../shell/tree_model.ts";
import { AgentPicker, agentsIn } from "./agent_picker.tsx";
import { asText, messagesOf, outcomeOf, readable, reasoningOf, type RunCall, servedBy, toolsOf } from "./call_text.ts";
import { LogFrame, LogPanel } from "./log_frame.tsx";
import { LogList } from "./log_list.tsx";
import { isDamaged, type LogFilters, type LogSource, type LogStore } from "./log_store.ts";
import { LongText, Members } from "./members.tsx";
import type { RunPageState } from "./page_state.ts";
import { useLog } from "./use_log.ts";

const SOURCE: LogSource = { log: "llm", key: "seq" };

function filtersIn(query: URLSearchParams): LogFilters {
  const agents = agentsIn(query);
  return agents.length > 0 ? { agents: `${agents.join("/")}/` } : {};
}

/** The tab. */
export function Calls({ state }: { readonly state: RunPageState }): VNode {
  const { store, view, choose } = useLog<RunCall>(state, {
    source: SOURCE,
    filters: filtersIn,
    word: "call",
    hasTurns: true,
  });
  const turn = state.turn.value;
  const chosen = view.chosen.value;
  const isNarrowed = agentsIn(state.query.value).length > 0;
  const { cost_usd } = state.run.value;
  return (
    <LogFrame
      store={store}
      runId={state.runId}
      noun="call"
      isNarrowed={isNarrowed}
      empty={isNarrowed
        ? (
          <>
            <p>No call was made on behalf of these agents.</p>
            <button type="button" class="button" onClick={() => state.put("agents", null)}>Show all</button>
          </>
        )
        : "This run has asked no model and no service so far: its agents decide by rules."}
      filters={
        <>
          <AgentPicker state={state} />
          {cost_usd !== null && <span class="muted">{dollars(cost_usd)} in all</span>}
        </>
      }
      hint="Choose a call to read what was sent and what came back."
      list={
        <LogList
          store={store}
          view={view}
          label="Calls of models and services"
          Line={CallLine}
          isMarked={(line) => line.turn === turn}
          onChoose={(number) => choose(number, false)}
          onKey={(key) => key === "Escape" && chosen !== null && (choose(null, false), true)}
        />
      }
      panel={chosen === null
        ? null
        : <CallPanel {...{ state, store }} number={chosen} onClose={() => choose(null, false)} />}
    />
  );
}

function CallLine({ line }: { readonly line: RunCall }): VNode {
  return (
    <>
      <span class="event-id">{line.seq}</span>
      <span class="event-turn">t&#8202;{count(line.turn)}</span>
      <ServedMark call={line} />
      <span class="event-agent">{line.agent || "world"}</span>
      <span class="call-purpose">{line.purpose}</span>
      <span class="call-model">{line.model || line.provider}</span>
      <span class="event-text">{outcomeOf(line)}</span>
      <span class="call-figure">{line.latency_ms === undefined ? NOTHING : duration(line.latency_ms / 1000)}</span>
      <span class="call-figure">{dollars(line.cost_usd)}</span>
      <span class="call-figure call-tokens">{tokens(line)}</span>
    </>
  );
}

function ServedMark({ call }: { readonly call: RunCall }): VNode {
  const { word, icon, tone, title } = servedBy(call);
  return (
    <span class={`mark tone-${tone}`} title={title}>
      <Icon name={icon} />
      {word}
    </span>
  );
}

function tokens({ usage, kind }: RunCall): string {
  return kind === "http" ? NOTHING : `${count(usage?.input_tokens)} → ${count(usage?.output_tokens)}`;
}

function CallPanel({ state, store, number, onClose }: {
  readonly state: RunPageState;
  readonly store: LogStore<RunCall>;
  readonly number: number;
  readonly onClose: () => void;
}): VNode {
  void store.version.value;
  const isMounted = useMounted();
  const call = store.has(number) ? store.line(store.placeOf(number)) : null;
  const title = `Call ${count(number)}`;
  if (call === null || isDamaged(call)) {
    return (
      <LogPanel title={title} number={number} onClose={onClose}>
        {call !== null
          ? (
            <p class="log-damaged tone-error">
              <Icon name="alert" /> This line could not be read. It may have been damaged on the disk.
            </p>
          )
          : store.has(number)
          ? <p class="muted appears">Loading…</p>
          : <p class="muted">It is not in the list.</p>}
      </LogPanel>
    );
  }
  const { agent, turn, purpose, n, attempt, provider, model, response, error, usage, retries, reused_from, kind } =
    call;
  const reasoning = reasoningOf(call);
  return (
    <LogPanel title={title} number={number} onClose={onClose}>
      <p class="event-facts">
        <ServedMark call={call} />
        {typeof turn === "number" && (
          <button
            type="button"
            class="quiet"
            disabled={!isMounted}
            onClick={() => state.goTo(turn)}
          >
            Turn {count(turn)}
          </button>
        )}
        <strong class="event-who">{agent || "world"}</strong>
        <span>
          {purpose}, question {count(n)}
          {attempt !== undefined && attempt > 1 && `, attempt ${count(attempt)}`}
        </span>
      </p>
      <dl class="facts">
        <dt>{kind === "http" ? "Service" : "Model"}</dt>
        <dd>{[model, provider].filter(Boolean).join(" by ") || NOTHING}</dd>
        <dt>Served</dt>
        <dd>
          {servedBy(call).title}
          {typeof reused_from === "string" && (
            <>
              : <a class="id" href={runUrl(reused_from)}>{reused_from}</a>
            </>
          )}
        </dd>
        {kind !== "http" && (
          <>
            <dt>Tokens</dt>
            <dd>{count(usage?.input_tokens)} sent, {count(usage?.output_tokens)} answered</dd>
          </>
        )}
        <dt>Cost</dt>
        <dd>{dollars(call.cost_usd)}</dd>
        <dt>Took</dt>
        <dd>
          {call.latency_ms === undefined ? NOTHING : duration(call.latency_ms / 1000)}
          {retries !== undefined && retries > 0 && `, tried ${count(retries + 1)} times`}
        </dd>
      </dl>
      {typeof error === "object" && error !== null && (
        <section>
          <h3>Error</h3>
          <p class="tone-error log-damaged">
            <Icon name="alert" /> {error.code}: {error.message}
          </p>
          {typeof error.hint === "string" && <p class="muted">{error.hint}</p>}
        </section>
      )}
      {reasoning !== null && (
        <section>
          <h3>Reasoning</h3>
          <p>
            <LongText text={reasoning} />
          </p>
        </section>
      )}
      {typeof response === "object" && response !== null && (
        <section>
          <h3>
            Reply
            {typeof response.finish_reason === "string" && response.finish_reason !== "stop" &&
              ` (ended by ${response.finish_reason})`}
          </h3>
          {asText(response.content) !== "" && <Said text={asText(response.content)} />}
          <Tools tools={response.tool_calls} />
        </section>
      )}
      <Sent call={call} />
    </LogPanel>
  );
}

function Said({ text }: { readonly text: string }): VNode {
  const shown = readable(text);
  return (
    <div class="said">
      <LongText text={shown} isCode={shown !== text} />
    </div>
  );
}

function Tools({ tools }: { readonly tools?: unknown }): VNode {
  return (
    <>
      {toolsOf(tools).map(({ name, arguments: written }, i) => (
        <div key={i} class="said">
          <strong>calls {name}</strong>
          <LongText text={readable(asText(written))} isCode />
        </div>
      ))}
    </>
  );
}

/** Members of a request that are shown in another way. */
const SHOWN = ["messages", "role"];

function Sent({ call }: { readonly call: RunCall }): VNode {
  const messages = messagesOf(call);
  const rest = Object.fromEntries(
    Object.entries(call.request ?? {}).filter(([name, value]) => !SHOWN.includes(name) && value !== null),
  );
  return (
    <section>
      <h3>{call.kind === "http" ? "Request" : "Prompt"}</h3>
      {messages.map(({ role, content, tool_calls }, i) => (
        <div key={i} class={`message message-${i % 2}`}>
          <h4>{role}</h4>
          {asText(content) !== "" && <Said text={asText(content)} />}
          <Tools tools={tool_calls} />
        </div>
      ))}
      {Object.keys(rest).length > 0 && (
        <details class="sent-rest">
          <summary>{call.kind === "http" ? "What was sent" : "Settings"}</summary>
          <Members of={rest} />
        </details>
      )}
    </section>
  );
}
