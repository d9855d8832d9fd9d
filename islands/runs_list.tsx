/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** All runs: narrowed, sorted, chosen, steered, as they are now. */

import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ConnectionNote, TroubleBox, useMounted } from "./_parts/actions.tsx";
import { announce } from "./_parts/announce.ts";
import { live } from "./_parts/live.ts";
import { counted } from "./_parts/number_format.tsx";
import { BulkBar } from "./_parts/runs/bulk_bar.tsx";
import { Filters } from "./_parts/runs/filters.tsx";
import { RunsGrid } from "./_parts/runs/grid.tsx";
import { type RunsStart, RunsStore } from "./_parts/runs/store.ts";
import { conditionsIn } from "./_parts/runs/view.ts";
import { registerKeyHints } from "./_parts/shell/commands.ts";
import { isTyping } from "./_parts/shell/keys.ts";

/** What the list is told. */
export interface RunsListProps {
  readonly start: RunsStart;
  readonly mayRun: boolean;
  readonly mayDelete: boolean;
}

/** Milliseconds between two looks at the clock. */
const TICK = 10_000;

const KEYS = [
  ["ArrowDown", "Row below"],
  ["ArrowUp", "Row above"],
  ["Space", "Choose the row"],
  ["Shift-ArrowDown", "Choose on downwards"],
  ["Shift-ArrowUp", "Choose on upwards"],
  ["Mod-a", "Choose all that match"],
  ["Escape", "Choose none"],
  ["Enter", "Open the run"],
  ["/", "Filter"],
] as const;

/** The list. */
export default function RunsList({ start, mayRun, mayDelete }: RunsListProps): VNode {
  const store = useMemo(() => new RunsStore(start), []);
  const field = useRef<HTMLInputElement>(null);
  const isLive = useMounted();
  const [now, setNow] = useState(start.now);

  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK);
    const onPopState = () => store.readAddress(location.search);
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    addEventListener("popstate", onPopState);
    addEventListener("keydown", onKeyDown);
    const stops = [
      registerKeyHints(KEYS.map(([keys, title]) => ({ keys, title, group: "Runs" }))),
      live().followAll((event, data) => store.hear(event, data)),
      // What happened before the stream was heard, or while it was not, is looked up.
      live().state.subscribe((state) => state === "open" && void store.refresh()),
    ];
    return () => {
      clearInterval(timer);
      removeEventListener("popstate", onPopState);
      removeEventListener("keydown", onKeyDown);
      stops.forEach((stop) => stop());
    };
  }, []);

  const state = store.state.value;
  const total = store.total.value;
  const fresh = store.fresh.value;
  const isEmpty = store.lines === 0 && fresh === 0;
  const isNarrow = conditionsIn(store.view.value) > 0;
  useEffect(() => {
    if (isLive) announce(counted(total, "run"));
  }, [store.view.value, total === 0]);
  return (
    <div class="runs" data-live={isLive} data-state={typeof state === "string" ? state : "trouble"}>
      <Filters store={store} field={field} />
      {isLive && <ConnectionNote />}
      {typeof state === "object" && (
        <TroubleBox
          title="The runs could not be loaded"
          trouble={state}
          onDismiss={() => void store.refresh()}
        />
      )}
      <div class="runs-above">
        <p class="runs-total">
          {counted(total, "run")}
          {isNarrow && total > 0 ? total === 1 ? " that matches" : " that match" : ""}
        </p>
        {fresh > 0 && (
          <button type="button" class="runs-fresh" onClick={() => void store.load()}>
            {counted(fresh, "new run")}
          </button>
        )}
        {isLive && <BulkBar store={store} mayRun={mayRun} mayDelete={mayDelete} />}
      </div>
      {isEmpty
        ? <p class="empty">{isNarrow ? "No run matches." : "No runs yet."}</p>
        : <RunsGrid store={store} now={now} start={start} isLive={isLive} />}
    </div>
  );
}
