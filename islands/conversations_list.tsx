/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Conversations, newest first, as they are played. */

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ConnectionNote } from "./_parts/actions.tsx";
import { conversations } from "./_parts/api.ts";
import { type ConversationLine, conversationUrl, lineOf } from "./_parts/conversation/line.ts";
import { Icon } from "./_parts/icons.tsx";
import { live } from "./_parts/live.ts";
import { count, dollars, moment } from "./_parts/number_format.tsx";
import { ago } from "./_parts/runs/times.ts";
import { StatusMark } from "./_parts/status_badge.tsx";

/** What it is told. */
export interface ConversationsListProps {
  readonly lines: readonly ConversationLine[];
  /** Whether new ones come in at the top. */
  readonly isFirst: boolean;
  /** Milliseconds since 1970, for ages. */
  readonly now: number;
}

/** Milliseconds in which what is told of runs is gathered. */
const GATHERING = 400;

/** The list. */
export default function ConversationsList({ lines: first, isFirst, now }: ConversationsListProps): VNode {
  const lines = useLines(first, isFirst);
  return (
    <>
      <ConnectionNote />
      {lines.length === 0
        ? (
          <p class="empty">
            No conversations yet. Start one above, run a conversation cell of a <a href="/">notebook</a>, or{" "}
            <code>deno task converse FILE</code>.
          </p>
        )
        : (
          <div class="scroll" tabIndex={0} role="region" aria-label="Conversations">
            <table class="conversations">
              <thead>
                <tr>
                  <th scope="col">Conversation</th>
                  <th scope="col">Status</th>
                  <th scope="col" class="count">Turns</th>
                  <th scope="col">Verdicts</th>
                  <th scope="col">Passed</th>
                  <th scope="col">Who</th>
                  <th scope="col" class="count">Cost</th>
                  <th scope="col">Created</th>
                </tr>
              </thead>
              <tbody>{lines.map((line) => <Row key={line.run_id} line={line} now={now} />)}</tbody>
            </table>
          </div>
        )}
    </>
  );
}

function Row({ line, now }: { readonly line: ConversationLine; readonly now: number }): VNode {
  const { run_id, name, status, turns, max_turns, passed, usd, created_at } = line;
  return (
    <tr data-run={run_id}>
      <td>
        <a href={conversationUrl(run_id)} title={run_id}>{name}</a>
        {line.case === null ? null : <span class="quiet">&#32;{line.case}</span>}
      </td>
      <td>
        <StatusMark status={status} />
      </td>
      <td class="count">{count(turns)}/{count(max_turns)}</td>
      <td>
        <Verdicts line={line} />
      </td>
      <td>
        {passed === null ? "" : (
          <span class={`mark tone-${passed ? "done" : "error"}`}>
            <Icon name={passed ? "check" : "x"} />
            {passed ? "yes" : "no"}
          </span>
        )}
      </td>
      <td class="quiet">{line.user} · {line.agent} · {line.judge}</td>
      <td class="count">{usd === 0 ? "" : dollars(usd)}</td>
      <td class="quiet" title={moment(created_at)}>{ago(created_at, now)}</td>
    </tr>
  );
}

/** How many turns had which verdict; those that none had are left out. */
function Verdicts({ line }: { readonly line: ConversationLine }): VNode {
  const counts = (["aligned", "misaligned", "unclear"] as const).filter((verdict) => line[verdict] > 0);
  return (
    <span class="verdict-counts">
      {counts.map((verdict) => (
        <span key={verdict} class="number">
          {count(line[verdict])} <StatusMark status={verdict} />
        </span>
      ))}
    </span>
  );
}

/** Lines that follow what the page's stream tells of runs. */
function useLines(first: readonly ConversationLine[], isFirst: boolean): readonly ConversationLine[] {
  const [lines, setLines] = useState(first);
  useEffect(() => setLines(first), [first]);
  const names = useRef(new Map(first.map(({ run_id, name }) => [run_id, name])));
  useEffect(() => {
    const changed = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      timer = undefined;
      const ids = [...changed];
      changed.clear();
      for (const id of ids) {
        const run = await conversations.get(id).catch(() => null);
        if (run === null) continue;
        const line = lineOf(run, names.current.get(id) ?? id);
        setLines((now) =>
          now.some(({ run_id }) => run_id === id)
            ? now.map((each) => each.run_id === id ? line : each)
            : isFirst
            ? [line, ...now]
            : now
        );
      }
    };
    const unfollow = live().followAll((event, data) => {
      const id = String(data.run_id ?? data.simulation_id ?? "");
      if (event === "removed") return setLines((now) => now.filter(({ run_id }) => run_id !== id));
      if (event !== "run" || data.repo !== "conversation") return;
      names.current.set(id, String(data.name ?? "") || id);
      changed.add(id);
      timer ??= setTimeout(() => void read(), GATHERING);
    });
    return () => {
      clearTimeout(timer);
      unfollow();
    };
  }, [isFirst]);
  return lines;
}
