/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What the simulation, its models and its host had to say while a run was played. */

import type { VNode } from "preact";
import { useMounted } from "../actions.tsx";
import { Icon, type IconName } from "../icons.tsx";
import { count, moment, text } from "../number_format.tsx";
import { LogFrame, LogPanel } from "./log_frame.tsx";
import { LogList } from "./log_list.tsx";
import { isDamaged, type LogFilters, type LogSource, type LogStore } from "./log_store.ts";
import { LongText, Members } from "./members.tsx";
import type { RunPageState } from "./page_state.ts";
import { useLog } from "./use_log.ts";

/** A line of `log.jsonl`, of which nothing is sure but its number. */
interface Said {
  readonly seq: number;
  readonly at?: string;
  readonly level?: string;
  readonly text?: string;
  readonly fields?: { readonly [name: string]: unknown };
}

const SOURCE: LogSource = { log: "logs", key: "seq" };

/** Levels, and how they are shown. */
const LEVELS: { readonly [level: string]: { readonly icon: IconName; readonly tone: string; readonly words: string } } =
  {
    DEBUG: { icon: "text", tone: "queued", words: "everything" },
    INFO: { icon: "info", tone: "running", words: "information and worse" },
    WARNING: { icon: "alert", tone: "stale", words: "warnings and errors" },
    ERROR: { icon: "alert", tone: "error", words: "errors" },
  };

function levelIn(query: URLSearchParams): string {
  const level = query.get("level") ?? "";
  return Object.hasOwn(LEVELS, level) ? level : "DEBUG";
}

function filtersIn(query: URLSearchParams): LogFilters {
  const level = levelIn(query);
  return level === "DEBUG" ? {} : { level };
}

/** The tab. */
export function Logs({ state }: { readonly state: RunPageState }): VNode {
  const { store, view, choose } = useLog<Said>(state, {
    source: SOURCE,
    filters: filtersIn,
    word: "line",
    hasTurns: false,
  });
  const isMounted = useMounted();
  const chosen = view.chosen.value;
  const level = levelIn(state.query.value);
  const isNarrowed = level !== "DEBUG";
  return (
    <LogFrame
      store={store}
      runId={state.runId}
      noun="line"
      isNarrowed={isNarrowed}
      empty={isNarrowed
        ? (
          <>
            <p>Nothing of that level was said.</p>
            <button type="button" class="button" onClick={() => state.put("level", null)}>Show all</button>
          </>
        )
        : "Nothing was said while this run was played."}
      filters={
        <label class="log-level">
          Show
          <select
            value={level}
            disabled={!isMounted}
            onChange={({ currentTarget: { value } }) => state.put("level", value === "DEBUG" ? null : value)}
          >
            {Object.entries(LEVELS).map(([name, { words }]) => (
              <option key={name} value={name} selected={name === level}>{words}</option>
            ))}
          </select>
        </label>
      }
      hint="Choose a line to read all of it."
      list={
        <LogList
          store={store}
          view={view}
          label="What was said"
          Line={SaidLine}
          onChoose={(number) => choose(number, false)}
          onKey={(key) => key === "Escape" && chosen !== null && (choose(null, false), true)}
        />
      }
      panel={chosen === null ? null : <SaidPanel store={store} number={chosen} onClose={() => choose(null, false)} />}
    />
  );
}

function LevelMark({ level = "?" }: { readonly level?: string | undefined }): VNode {
  const { icon, tone } = LEVELS[level] ?? LEVELS.INFO!;
  return (
    <span class={`mark tone-${tone}`}>
      <Icon name={icon} />
      {level}
    </span>
  );
}

function SaidLine({ line }: { readonly line: Said }): VNode {
  return (
    <>
      <span class="event-id">{line.seq}</span>
      <span class="log-time">{typeof line.at === "string" ? line.at.slice(11, 19) : ""}</span>
      <LevelMark level={line.level} />
      <span class="event-text">{text(line.text, 300)}</span>
    </>
  );
}

function SaidPanel({ store, number, onClose }: {
  readonly store: LogStore<Said>;
  readonly number: number;
  readonly onClose: () => void;
}): VNode {
  void store.version.value;
  const line = store.has(number) ? store.line(store.placeOf(number)) : null;
  return (
    <LogPanel title={`Line ${count(number)}`} number={number} onClose={onClose}>
      {line === null ? <p class="muted">It is not in the list.</p> : isDamaged(line)
        ? (
          <p class="log-damaged tone-error">
            <Icon name="alert" /> This line could not be read. It may have been damaged on the disk.
          </p>
        )
        : (
          <>
            <p class="event-facts">
              <LevelMark level={line.level} />
              <span>{moment(line.at)}</span>
            </p>
            <p class="said">
              <LongText text={String(line.text ?? "")} />
            </p>
            {line.fields !== undefined && <Members of={line.fields} />}
          </>
        )}
    </LogPanel>
  );
}
