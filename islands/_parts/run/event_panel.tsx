/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** One event: what led to it, what it led to, and all that is written of it. */

import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Trouble, TroubleBox } from "../actions.tsx";
import { Icon } from "../icons.tsx";
import { count, counted } from "../number_format.tsx";
import { causesOf, kindOf, type RunEvent, summaryOf } from "./event_text.ts";
import { LogPanel } from "./log_frame.tsx";
import { type DamagedLine, isDamaged, type LogStore, serverLog } from "./log_store.ts";
import { Members } from "./members.tsx";
import type { RunPageState } from "./page_state.ts";

/** What the panel is told. */
export interface EventPanelProps {
  readonly state: RunPageState;
  readonly store: LogStore<RunEvent>;
  readonly number: number;
  /** Null: shows none. */
  readonly onChoose: (number: number | null) => void;
}

/** Effects that are listed at first, and at most with each further request. */
const FIRST_EFFECTS = 25;
const MORE_EFFECTS = 200;
/** Milliseconds that an event is looked at before its effects are looked for: who goes through the list passes many. */
const PAUSE = 150;

type Line = RunEvent | DamagedLine;

/** The panel. */
export function EventPanel({ state, store, number, onChoose }: EventPanelProps): VNode {
  void store.version.value;
  const [event, trouble] = useLine(store, number);
  const close = () => onChoose(null);
  const title = `Event ${count(number)}`;
  if (event === null || isDamaged(event)) {
    return (
      <LogPanel title={title} number={number} onClose={close}>
        {trouble !== null
          ? <TroubleBox trouble={trouble} />
          : event === null
          ? <p class="muted appears">Loading…</p>
          : (
            <p class="log-damaged tone-error">
              <Icon name="alert" />{" "}
              This line could not be read. It may have been damaged on the disk; all others are there.
            </p>
          )}
      </LogPanel>
    );
  }
  const { event_type = "?", turn_number, agent_id, timestamp, details, volatile } = event;
  return (
    <LogPanel title={title} number={number} onClose={close}>
      <p class="event-facts">
        <EventMark event={event} />
        {typeof turn_number === "number" && (
          <button type="button" class="quiet" onClick={() => state.goTo(turn_number)}>Turn {count(turn_number)}</button>
        )}
        {agent_id !== undefined && <strong class="event-who">{agent_id}</strong>}
      </p>
      <p class="event-summary">{summaryOf(event)}</p>
      {!store.has(number) && <p class="muted">It is not in the list, which shows other events.</p>}
      <Causes {...{ store, event, onChoose }} />
      <Effects {...{ state, number, onChoose }} />
      {details !== undefined && (
        <section>
          <h3>Details</h3>
          <Members of={details} />
        </section>
      )}
      {volatile !== undefined && (
        <section>
          <h3>Of this play alone</h3>
          <Members of={volatile} />
        </section>
      )}
      <p class="muted event-kind">
        {event_type}: {kindOf(event).title}
        {typeof timestamp === "string" && `, written ${timestamp}`}
      </p>
    </LogPanel>
  );
}

/** The kind of an event: icon and word. */
export function EventMark({ event }: { readonly event: RunEvent }): VNode {
  const { icon, tone } = kindOf(event);
  return (
    <span class={`mark tone-${tone}`}>
      <Icon name={icon} />
      {event.event_type ?? "?"}
    </span>
  );
}

function useLine(store: LogStore<RunEvent>, number: number): readonly [Line | null, Trouble | null] {
  const known = store.has(number) ? store.line(store.placeOf(number)) : null;
  const [read, setRead] = useState<{ readonly number: number; readonly line: Line | Trouble } | null>(null);
  useEffect(() => {
    if (known !== null) return;
    let isOver = false;
    store.read(number).then(
      (line) => !isOver && setRead({ number, line }),
      (error) => !isOver && setRead({ number, line: error as Trouble }),
    );
    return () => void (isOver = true);
  }, [number, known === null]);
  if (known !== null) return [known, null];
  if (read?.number !== number) return [null, null];
  return "message" in read.line ? [null, read.line] : [read.line, null];
}

function Causes({ store, event, onChoose }: {
  readonly store: LogStore<RunEvent>;
  readonly event: RunEvent;
  readonly onChoose: EventPanelProps["onChoose"];
}): VNode {
  const causes = causesOf(event);
  return (
    <section>
      <h3>Caused by</h3>
      {causes.length === 0
        ? <p class="muted">Nothing that is recorded.</p>
        : (
          <ul class="event-links" aria-label="Caused by">
            {causes.map((id) => (
              <li key={id}>
                <Cause {...{ store, id, onChoose }} />
              </li>
            ))}
          </ul>
        )}
    </section>
  );
}

function Cause({ store, id, onChoose }: {
  readonly store: LogStore<RunEvent>;
  readonly id: number;
  readonly onChoose: EventPanelProps["onChoose"];
}): VNode {
  const [line] = useLine(store, id);
  return <EventLink line={line ?? { id }} id={id} onChoose={onChoose} />;
}

function EventLink({ line, id, onChoose }: {
  readonly line: Line;
  readonly id: number;
  readonly onChoose: EventPanelProps["onChoose"];
}): VNode {
  return (
    <button type="button" class="event-link" onClick={() => onChoose(id)}>
      <span class="event-id">#{id}</span>
      {isDamaged(line)
        ? <span class="tone-error log-damaged">could not be read</span>
        : line.event_type !== undefined && (
          <>
            <EventMark event={line} />
            <span class="event-link-text">
              {line.agent_id !== undefined && <strong class="event-who">{line.agent_id}&#32;</strong>}
              {summaryOf(line)}
            </span>
          </>
        )}
    </button>
  );
}

interface EffectsFound {
  readonly number: number;
  readonly events: readonly RunEvent[];
  /** There may be more after this event; null: these are all. */
  readonly next: number | null;
  readonly trouble: Trouble | null;
}

function Effects({ state, number, onChoose }: {
  readonly state: RunPageState;
  readonly number: number;
  readonly onChoose: EventPanelProps["onChoose"];
}): VNode {
  const [found, setFound] = useState<EffectsFound | null>(null);
  const look = async (before: EffectsFound, limit: number, isOver: () => boolean) => {
    try {
      const { events, next } = await effectsOf(state.runId, number, before.next ?? number, limit);
      if (!isOver()) setFound({ number, events: [...before.events, ...events], next, trouble: null });
    } catch (error) {
      if (!isOver()) setFound({ ...before, trouble: state.failed(error) });
    }
  };
  useEffect(() => {
    let isOver = false;
    const begin = { number, events: [], next: number, trouble: null };
    const timer = setTimeout(() => void look(begin, FIRST_EFFECTS, () => isOver), PAUSE);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [number]);
  const now = found?.number === number ? found : null;
  return (
    <section>
      <h3>Caused{now !== null && now.events.length > 0 && ` ${counted(now.events.length, "event")}`}</h3>
      {now === null
        ? <p class="muted appears">Looking…</p>
        : now.events.length === 0 && now.next === null && now.trouble === null
        ? <p class="muted">Nothing that is recorded.</p>
        : (
          <ul class="event-links" aria-label="Caused">
            {now.events.map((event) => (
              <li key={event.id}>
                <EventLink line={event} id={event.id} onChoose={onChoose} />
              </li>
            ))}
          </ul>
        )}
      {now !== null && now.trouble !== null && <TroubleBox trouble={now.trouble} />}
      {now !== null && now.next !== null && (
        <button
          type="button"
          class="button"
          onClick={() => void look(now, MORE_EFFECTS, () => false)}
        >
          Look for more
        </button>
      )}
    </section>
  );
}

/** Requests in a row that look for effects and find none. */
const MOST_LOOKS = 4;

/** Events that one led to; the first ones, and where to look on. */
export async function effectsOf(
  runId: string,
  number: number,
  after: number,
  limit: number,
): Promise<{ readonly events: readonly RunEvent[]; readonly next: number | null }> {
  const log = serverLog<RunEvent>(runId, { log: "events", key: "id" });
  const events: RunEvent[] = [];
  let next: number | null = after;
  for (let i = 0; i < MOST_LOOKS && next !== null && events.length < limit; i++) {
    const page: Awaited<ReturnType<typeof log.lines>> = await log.lines({
      after: next,
      limit: limit - events.length,
      filters: { caused_by: String(number) },
    });
    events.push(...page.lines);
    next = page.next;
  }
  return { events, next };
}
