/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The files that a run has written, to be saved one by one or all together; and its records as files. */

import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { RunFile } from "../../../runner/mod.ts";
import { type Trouble, TroubleBox, useMounted } from "../actions.tsx";
import { api } from "../api.ts";
import { Icon } from "../icons.tsx";
import { counted, moment } from "../number_format.tsx";
import { isEnded } from "../run_follower.ts";
import { bytesText } from "./bytes.ts";
import type { RunPageState } from "./page_state.ts";

/** Files that are drawn. */
const MOST_DRAWN = 500;
/** Milliseconds between two looks while the run plays. */
const LOOKING = 3000;

/** The tab. */
export function Files({ state }: { readonly state: RunPageState }): VNode {
  const isMounted = useMounted();
  const files = useSignal<readonly RunFile[] | null>(null);
  const trouble = useSignal<Trouble | null>(null);
  const [word, setWord] = useState("");
  const run = `/api/simulations/${encodeURIComponent(state.runId)}`;
  const look = async () => {
    try {
      files.value = await api<readonly RunFile[]>(`${run}/files`);
      trouble.value = null;
    } catch (error) {
      trouble.value = state.failed(error);
    }
  };
  const isOver = isEnded(state.run.value.status);
  useEffect(() => {
    void look();
    if (isOver) return;
    const timer = setInterval(() => document.visibilityState === "visible" && void look(), LOOKING);
    return () => clearInterval(timer);
  }, [isOver]);
  const all = files.value;
  const found = (all ?? []).filter(({ path }) => path.toLowerCase().includes(word.toLowerCase()));
  return (
    <section class="run-files" data-state={all === null ? "loading" : "ready"}>
      {trouble.value !== null && (
        <div class="log-trouble">
          <TroubleBox title="The files could not be listed" trouble={trouble.value} />
          <button type="button" class="button" onClick={() => void look()}>
            <Icon name="redo" /> Try again
          </button>
        </div>
      )}
      <h2>Written by the simulation</h2>
      {all === null
        ? trouble.value === null && <p class="muted appears">Looking…</p>
        : all.length === 0
        ? <div class="empty">This simulation has written no files{isOver ? "" : " so far"}.</div>
        : (
          <>
            <div class="files-above">
              <span role="status">
                {counted(all.length, "file")}, {bytesText(all.reduce((sum, { bytes }) => sum + bytes, 0))}
              </span>
              {all.length > 10 && (
                <label>
                  Find
                  <input
                    type="search"
                    value={word}
                    disabled={!isMounted}
                    onInput={(event) => setWord(event.currentTarget.value)}
                  />
                </label>
              )}
              <a class="button" href={`${run}/files.zip`} download={`${state.runId}.zip`}>
                <Icon name="download" /> All as files.zip
              </a>
            </div>
            {found.length === 0 && <p class="empty">No path has that in it.</p>}
            <ul class="file-list" aria-label="Files">
              {found.slice(0, MOST_DRAWN).map(({ path, bytes, modified }) => (
                <li key={path}>
                  <a
                    class="file-path"
                    href={`${run}/files/${path.toWellFormed().split("/").map(encodeURIComponent).join("/")}`}
                    download={path.split("/").at(-1)}
                  >
                    <Icon name="download" />
                    <span>{path}</span>
                  </a>
                  <span class="number">{bytesText(bytes)}</span>
                  <span class="muted file-time">{moment(modified)}</span>
                </li>
              ))}
            </ul>
            {found.length > MOST_DRAWN && (
              <p class="muted">
                and {counted(found.length - MOST_DRAWN, "file")}{" "}
                more: find them by a part of their path, or take the archive.
              </p>
            )}
          </>
        )}
      <noscript>
        <p>
          The list is shown with JavaScript. Without it they can be had as <a href={`${run}/files.zip`}>files.zip</a>.
        </p>
      </noscript>
      <h2>Records of the run</h2>
      <ul class="file-list" aria-label="Records">
        {RECORDS.filter(({ needsEnd }) => isOver || !needsEnd).map(({ href, name, what }) => (
          <li key={name}>
            <a class="file-path" href={`${run}/${href}`} download={`${state.runId}_${name}`}>
              <Icon name="download" />
              <span>{name}</span>
            </a>
            <span class="muted">{what}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What there is of every run. */
const RECORDS: readonly { href: string; name: string; what: string; needsEnd?: boolean }[] = [
  { href: "metrics.csv", name: "metrics.csv", what: "world variables and metrics of every turn" },
  { href: "metrics.parquet", name: "metrics.parquet", what: "the same for programs" },
  { href: "config", name: "config.json", what: "the scenario with all its defaults" },
  { href: "results", name: "results.json", what: "what the run came to", needsEnd: true },
];
