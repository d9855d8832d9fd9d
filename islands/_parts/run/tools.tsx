/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What is done with a run as a whole: its labels, what it is exported as, the check by replay, and its end. */

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ActionButton, type Actions, Notice, useMounted } from "../actions.tsx";
import { api } from "../api.ts";
import { Icon } from "../icons.tsx";
import { counted } from "../number_format.tsx";
import { ellipsis } from "../../../runner/report/markup.ts";
import type { Divergence } from "../../../runner/mod.ts";
import type { May, RunSubject } from "./subject.ts";

/** What labels are told. */
export interface LabelsProps {
  readonly runId: string;
  readonly labels: RunSubject["labels"];
  readonly may: May;
  readonly actions: Actions;
}

/** Words that the run carries: a chip each, and a field for one more. */
export function Labels({ runId, labels: first, may, actions }: LabelsProps): VNode {
  const isMounted = useMounted();
  const [labels, setLabels] = useState(first);
  const [text, setText] = useState("");
  const change = (what: string, set: { readonly [key: string]: string | null }) =>
    actions.act(what, async () => {
      const path = `/api/simulations/${encodeURIComponent(runId)}`;
      const answer = await api<{ readonly labels: RunSubject["labels"] }>(path, {
        method: "PATCH",
        body: { labels: set },
      });
      setLabels(answer.labels);
    });
  const add = async () => {
    const [key = "", ...rest] = text.split("=");
    if (key.trim() !== "" && await change("Add label", { [key.trim()]: rest.join("=").trim() })) setText("");
  };
  return (
    <div class="run-labels" role="group" aria-label="Labels">
      {Object.entries(labels).map(([key, value]) => (
        <span key={key} class="chip">
          <span>{value === "" ? key : `${key}=${value}`}</span>
          {may.run
            ? (
              <button
                type="button"
                class="plain"
                disabled={!isMounted}
                aria-label={`Remove label ${key}`}
                onClick={() => void change("Remove label", { [key]: null })}
              >
                <Icon name="x" />
              </button>
            )
            : null}
        </span>
      ))}
      {may.run
        ? (
          <form
            class="run-label-form"
            onSubmit={(event) => {
              event.preventDefault();
              void add();
            }}
          >
            <input
              type="text"
              aria-label="New label"
              placeholder="key=value"
              maxLength={200}
              disabled={!isMounted}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
            <button type="submit" class="quiet" disabled={!isMounted || text.trim() === ""}>Add label</button>
          </form>
        )
        : null}
    </div>
  );
}

/** The files that a run is had as. */
export function Exports({ runId, isOver, formats }: {
  readonly runId: string;
  readonly isOver: boolean;
  readonly formats: readonly string[];
}): VNode {
  const menu = useClosing();
  const path = `/api/simulations/${encodeURIComponent(runId)}`;
  const files: readonly (readonly [words: string, href: string])[] = [
    ["Rows as CSV", `${path}/metrics.csv`],
    ["Rows as Parquet", `${path}/metrics.parquet`],
    ["Rows as JSON", `${path}/metrics`],
    ["Agents as JSON", `${path}/agents`],
    ["Events as JSON", `${path}/events`],
    ["Status and state as JSON", path],
    ...isOver ? [["Results as JSON", `${path}/results`] as const] : [],
    ["Scenario as JSON", `${path}/config`],
    ["All files as a zip archive", `${path}/files.zip`],
    ...formats.map((format) =>
      [
        `Conversation (${format})`,
        `/simulation/${encodeURIComponent(runId)}/export?format=${encodeURIComponent(format)}`,
      ] as const
    ),
  ];
  return (
    <details class="run-exports" ref={menu}>
      <summary class="button">Export</summary>
      <ul class="popover">
        {files.map(([words, href]) => (
          <li key={href}>
            <a href={href}>{words}</a>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Folds something up when the focus or the pointer goes elsewhere, and by Escape. */
function useClosing() {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const menu = details.current!;
    const onElsewhere = ({ target }: Event) => {
      if (!menu.contains(target as Node)) menu.open = false;
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !menu.open) return;
      event.stopPropagation();
      menu.open = false;
      menu.querySelector("summary")?.focus();
    };
    document.addEventListener("pointerdown", onElsewhere);
    document.addEventListener("focusin", onElsewhere);
    menu.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("pointerdown", onElsewhere);
      document.removeEventListener("focusin", onElsewhere);
      menu.removeEventListener("keydown", onKeyDown);
    };
  }, []);
  return details;
}

/** What came of playing a run again. */
export interface Replayed {
  readonly identical: boolean;
  readonly turns: number;
  readonly divergence: Divergence | null;
  readonly code_changed: boolean;
}

/** Plays it again, and tells what came of it. */
export function Replay({ runId, actions, onReplayed }: {
  readonly runId: string;
  readonly actions: Actions;
  readonly onReplayed: (replayed: Replayed | null) => void;
}): VNode {
  const replay = () =>
    actions.act("Replay", async () => {
      onReplayed(null);
      onReplayed(await api<Replayed>(`/api/simulations/${encodeURIComponent(runId)}/replay`, { body: {} }));
    });
  return (
    <ActionButton
      icon="redo"
      label="Replay"
      title="Plays it again and compares every file"
      actions={actions}
      onClick={() => void replay()}
    />
  );
}

/** Whether a replay came to the same. */
export function ReplayNote({ replayed: { identical, turns, divergence, code_changed } }: {
  readonly replayed: Replayed;
}): VNode {
  return (
    <Notice tone={identical ? "done" : "stale"} icon={identical ? "check" : "alert"}>
      <strong role="status">
        {identical
          ? `Played again: all files of ${counted(turns, "turn")} are the same.`
          : "Played again, it did not come to the same."}
      </strong>
      {divergence === null ? "" : ` ${differenceOf(divergence)}`}
      {code_changed ? " The code has changed since." : ""}
    </Notice>
  );
}

function differenceOf({ file, place, recorded, replayed }: Divergence): string {
  return `${file}, ${place}: ${ellipsis(recorded, 200)} was recorded, ${ellipsis(replayed, 200)} came now.`;
}

/** Deletes after a second press. */
export function Delete({ runId, actions }: { readonly runId: string; readonly actions: Actions }): VNode {
  const [isSure, setSure] = useState(false);
  const remove = () =>
    actions.act("Delete for good", async () => {
      await api(`/api/simulations/${encodeURIComponent(runId)}?purge=true`, { method: "DELETE" });
      location.assign("/runs");
    });
  return isSure
    ? (
      <span class="buttons">
        <ActionButton icon="x" label="Delete for good" actions={actions} onClick={() => void remove()} />
        <button type="button" class="quiet" onClick={() => setSure(false)}>Keep it</button>
      </span>
    )
    : <ActionButton icon="x" label="Delete…" actions={actions} onClick={() => setSure(true)} />;
}
