/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What lists of lines have in common: how many there are, what went wrong, the list, and beside it what is chosen. */

import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { TroubleBox, useMounted } from "../actions.tsx";
import { Icon } from "../icons.tsx";
import { counted } from "../number_format.tsx";
import type { LogStore } from "./log_store.ts";

/** What a frame is told. */
export interface LogFrameProps<T extends object> {
  readonly store: LogStore<T>;
  readonly runId: string;
  /** What a line is: `event`. */
  readonly noun: string;
  readonly isNarrowed: boolean;
  /** Said where there are none. */
  readonly empty: ComponentChildren;
  readonly filters: ComponentChildren;
  readonly list: ComponentChildren;
  /** Null: nothing is chosen. */
  readonly panel: ComponentChildren;
  /** Said in the place of the panel where nothing is chosen. */
  readonly hint: string;
}

/** The frame. */
export function LogFrame<T extends object>(props: LogFrameProps<T>): VNode {
  const { store, runId, noun, isNarrowed, empty, filters, list, panel, hint } = props;
  const isMounted = useMounted();
  const json = `/api/simulations/${encodeURIComponent(runId)}/${store.log}`;
  const state = store.state.value;
  const total = store.total.value;
  const damaged = store.damaged.value;
  const isTrouble = typeof state === "object";
  return (
    <section
      class="log"
      data-log={store.log}
      data-state={isTrouble ? "trouble" : state}
      aria-busy={state === "loading"}
    >
      <div class="log-filters">{filters}</div>
      {isTrouble && (
        <div class="log-trouble">
          <TroubleBox title={`The ${noun}s could not be read`} trouble={state} />
          <button type="button" class="button" onClick={() => void store.retry()}>
            <Icon name="redo" /> Try again
          </button>
        </div>
      )}
      <p class="log-total">
        {!isMounted || state === "loading" ? <span class="muted appears">Counting {noun}s…</span> : (
          <>
            <span role="status">
              {counted(total, noun)}
              {isNarrowed && " found"}
            </span>
            {!store.isCounted.value && !isTrouble && <span class="muted">so far</span>}
            {damaged > 0 && <span class="muted">{counted(damaged, "line")} could not be read</span>}
          </>
        )}
      </p>
      <noscript>
        <p>
          The {noun}s are shown with JavaScript. Without it they can be read <a href={json}>as JSON</a>.
        </p>
      </noscript>
      {state === "ready" && total === 0
        ? <div class="empty">{empty}</div>
        : (
          <div class={panel === null ? "log-body" : "log-body log-open"} style={`--lines:${total}`}>
            <div class="log-lines">{list}</div>
            {panel ?? <p class="log-hint muted">{hint}</p>}
          </div>
        )}
    </section>
  );
}

/** What is said of the chosen line. */
export function LogPanel({ title, number, onClose, children }: {
  readonly title: ComponentChildren;
  /** Of the line: another one begins at the top. */
  readonly number: number;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}): VNode {
  const box = useRef<HTMLElement>(null);
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    box.current!.scrollTop = 0;
    // Where there is no room beside the list it is above it. Who has just come to the page is left where they are.
    if (document.activeElement !== document.body) box.current!.scrollIntoView({ block: "nearest" });
  }, [number]);
  useEffect(() => keepFocus(box.current!, head.current!), []);
  return (
    <aside class="log-panel" ref={box} aria-labelledby="log-panel-title">
      <div class="log-panel-head">
        <h2 id="log-panel-title" tabIndex={-1} ref={head}>{title}</h2>
        <button type="button" class="quiet" aria-label="Close" onClick={onClose}>
          <Icon name="x" />
        </button>
      </div>
      {children}
    </aside>
  );
}

/** What was pressed in a box may be gone with what it led to: whoever pressed it goes on at its head. @returns ends it */
function keepFocus(box: HTMLElement, head: HTMLElement): () => void {
  let hasFocus = false;
  const onFocusIn = () => void (hasFocus = true);
  const onFocusOut = ({ target, relatedTarget }: FocusEvent) => {
    if (relatedTarget !== null) hasFocus = box.contains(relatedTarget as Node);
    // Who has let go of something that is still there has gone elsewhere.
    else queueMicrotask(() => (target as HTMLElement).isConnected && (hasFocus = false));
  };
  const changes = new MutationObserver(() => {
    const isLost = hasFocus && (document.activeElement ?? document.body) === document.body;
    if (isLost) head.focus({ preventScroll: true });
  });
  box.addEventListener("focusin", onFocusIn);
  box.addEventListener("focusout", onFocusOut);
  changes.observe(box, { childList: true, subtree: true });
  return () => {
    changes.disconnect();
    box.removeEventListener("focusin", onFocusIn);
    box.removeEventListener("focusout", onFocusOut);
  };
}
