/** @jsxImportSource preact */
import type { VNode } from "preact";
import { alignmentOf, type ConversationRun, type SimulatedTurn } from "../../runner/mod.ts";

type Action = SimulatedTurn["chat_agent"]["actions"][number];

/** What was said, wanted, done and judged in a conversation, turn by turn. */
export function Transcript({ run }: { readonly run: ConversationRun }): VNode {
  const { turns, config, summary } = run;
  return (
    <section class="transcript">
      <h2>Conversation</h2>
      <p class="quiet">
        {config.improvement_goal !== null && `${config.improvement_goal} `}
        {summary.aligned} aligned, {summary.misaligned} misaligned, {summary.unclear} unclear
        {summary.passed !== null && (summary.passed ? ": it passed" : ": it did not pass")}
      </p>
      {turns.length === 0 && <p class="quiet">Nothing has been said yet.</p>}
      {turns.map((turn) => <Turn key={turn.index} turn={turn} />)}
    </section>
  );
}

function Turn({ turn }: { readonly turn: SimulatedTurn }): VNode {
  const { index, simulated_user, chat_agent, judge, label } = turn;
  const alignment = alignmentOf(turn);
  return (
    <article class="box turn">
      <h3>
        Turn {index} <span class={`verdict ${alignment ?? "open"}`}>{alignment ?? "not judged"}</span>
        {label !== undefined && <span class="quiet">&#32;by {label.by}</span>}
      </h3>
      <dl class="facts">
        <dt>User</dt>
        <dd class="said">{simulated_user.message}</dd>
        <dt>Wanted</dt>
        <dd>
          {simulated_user.desired_action === null
            ? <span class="quiet">{simulated_user.fault?.message ?? "nothing to be done"}</span>
            : <code>{callText(simulated_user.desired_action)}</code>}
        </dd>
        <dt>Agent</dt>
        <dd class="said">{chat_agent.reply ?? chat_agent.fault?.message ?? "…"}</dd>
        <dt>Done</dt>
        <dd>
          {chat_agent.actions.length === 0 && <span class="quiet">nothing</span>}
          {chat_agent.actions.map((action, i) => <Done key={i} action={action} />)}
        </dd>
        {judge !== null && (
          <>
            <dt>Judge</dt>
            <dd>{judge.alignment}: {judge.explanation}</dd>
          </>
        )}
        {label?.note !== undefined && (
          <>
            <dt>Note</dt>
            <dd>{label.note}</dd>
          </>
        )}
      </dl>
    </article>
  );
}

function Done({ action }: { readonly action: Action }): VNode {
  return (
    <div>
      <code>{callText(action)}</code>
      {!action.success && <span class="quiet">&#32;failed: {action.result_message}</span>}
    </div>
  );
}

function callText({ name, parameters }: Pick<Action, "name" | "parameters">): string {
  return `${name} ${JSON.stringify(parameters)}`;
}
