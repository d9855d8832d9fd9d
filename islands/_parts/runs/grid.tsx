/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The rows of the list, of which only those in the window are drawn. */

import { useComputed, useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { chosenCount } from "./selection.ts";
import { runUrl } from "../shell/tree_model.ts";
import { COLUMNS } from "./columns.tsx";
import { GroupLine, lineId, RunLine } from "./line.tsx";
import { lineAt, lineOf, linesShown } from "./places.ts";
import { ALL, isChosen, NONE } from "./selection.ts";
import type { RunsStore } from "./store.ts";
import { runsUrl, sortedBy } from "./view.ts";

/** What the grid is told. */
export interface RunsGridProps {
  readonly store: RunsStore;
  readonly now: number;
  /** Rows that are drawn where no window is known: on the server, and until the page is alive. */
  readonly start: { readonly offset: number; readonly rows: readonly unknown[] };
  readonly isLive: boolean;
}

/** The height of a line before it is measured. */
const LINE = 44;
/** Milliseconds for which scrolling rests before rows are asked for. */
const RESTING = 60;

/** The grid. */
export function RunsGrid({ store, now, start, isLive }: RunsGridProps): VNode {
  const box = useRef<HTMLDivElement>(null);
  const height = useRef(LINE);
  const groups = store.groups.value;
  const part = useSignal({
    first: start.offset === 0 ? 0 : lineOf(start.offset, groups),
    end: lineOf(start.offset + start.rows.length - 1, groups) + 1,
  });
  const lines = store.lines;
  const selection = store.selection.value;
  const active = store.active.value;
  // Every row may have changed.
  useComputed(() => store.windows.version.value).value;

  useEffect(() => {
    if (!isLive) return;
    return draw(store, box.current!, part, height, start.offset);
  }, [isLive, lines === 0]);

  const end = Math.min(part.value.end, lines);
  const begin = Math.min(part.value.first, end);
  const chosen = chosenCount(selection, store.windows.total);
  return (
    <div
      class="runs-grid"
      ref={box}
      role="grid"
      tabIndex={0}
      aria-label="Runs"
      aria-multiselectable
      aria-rowcount={lines + 1}
      aria-colcount={COLUMNS.length + 1}
      aria-busy={store.state.value === "loading"}
      aria-activedescendant={active === null ? undefined : lineId(lineOf(active, groups))}
      onClick={(event) => click(store, event, box.current!)}
      onDblClick={(event) => {
        const row = store.windows.row(placeOf(event.target) ?? -1);
        if (row !== null && !isControl(event.target)) location.assign(runUrl(row.run_id));
      }}
      onKeyDown={(event) => press(store, event, box.current!, height.current)}
    >
      <div class="runs-head" role="rowgroup">
        <div class="run-line" role="row" aria-rowindex={1}>
          <div class="run-cell run-check" role="columnheader">
            <input
              class="needs-script"
              type="checkbox"
              aria-label="Choose all that match"
              disabled={!isLive}
              checked={chosen > 0 && chosen >= store.windows.total}
              indeterminate={chosen > 0 && chosen < store.windows.total}
              onClick={(event) => {
                event.stopPropagation();
                store.choose(chosen > 0 ? NONE : ALL);
              }}
            />
          </div>
          {COLUMNS.map(({ key, title, sort, isFigure }) => (
            <Head key={key} store={store} title={title} sort={sort} name={`run-${key}${isFigure ? " figure" : ""}`} />
          ))}
        </div>
      </div>
      <div
        class="runs-body"
        role="rowgroup"
        style={isLive
          ? `padding-top:${begin * height.current}px;padding-bottom:${(lines - end) * height.current}px`
          : undefined}
      >
        {Array.from({ length: end - begin }, (_, i) => {
          const line = begin + i;
          const at = lineAt(line, groups);
          if ("group" in at) return <GroupLine key={`group ${at.group.name}`} group={at.group} line={line} />;
          const row = store.windows.row(at.row);
          return (
            <RunLine
              key={row?.run_id ?? line}
              row={row}
              place={at.row}
              line={line}
              now={now}
              isChosen={row !== null && isChosen(selection, row.run_id) && !store.windows.isGone(row.run_id)}
              isActive={active === at.row}
              isGone={row !== null && store.windows.isGone(row.run_id)}
              isLive={isLive}
            />
          );
        })}
      </div>
    </div>
  );
}

function Head({ store, title, sort, name }: {
  readonly store: RunsStore;
  readonly title: string;
  readonly sort: (typeof COLUMNS)[number]["sort"];
  readonly name: string;
}): VNode {
  const view = store.view.value;
  const isSorted = view.sort === sort;
  return (
    <div
      class={`run-cell ${name}`}
      role="columnheader"
      aria-sort={isSorted ? view.descending ? "descending" : "ascending" : undefined}
    >
      <a
        href={runsUrl(sortedBy(view, sort))}
        onClick={(event) => {
          if (isElsewhere(event)) return;
          event.preventDefault();
          event.stopPropagation();
          store.ask(sortedBy(view, sort));
        }}
      >
        {title}
        {isSorted && <span aria-hidden="true">{view.descending ? " ↓" : " ↑"}</span>}
      </a>
    </div>
  );
}

/** Has the lines in the window drawn, and their rows loaded. @returns ends it */
function draw(
  store: RunsStore,
  box: HTMLElement,
  part: { value: { readonly first: number; readonly end: number } },
  height: { current: number },
  offset: number,
): () => void {
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    frame = 0;
    const { scrollTop: top, clientHeight } = box;
    store.isAtTop = top < height.current;
    const shown = linesShown({ top, height: clientHeight, line: height.current, lines: store.lines });
    if (shown.first !== part.value.first || shown.end !== part.value.end) part.value = shown;
    const places = placesIn(store, shown);
    if (places === null || store.windows.has(places.first, places.end)) {
      if (places !== null) store.shown = places;
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => void store.want(places.first, places.end), RESTING);
  };
  const soon = () => {
    if (frame === 0) frame = requestAnimationFrame(look);
  };
  const measure = () => {
    const line = box.querySelector<HTMLElement>(".runs-body > .run-line:not(.run-group)");
    const measured = line?.getBoundingClientRect().height ?? 0;
    const before = height.current;
    if (measured > 0 && measured !== before) {
      height.current = measured;
      // What was at the top stays there.
      box.scrollTop = box.scrollTop / before * measured;
      part.value = { ...part.value };
    }
    look();
  };
  const size = new ResizeObserver(measure);
  size.observe(box);
  const keepTop = (runsTop: number) => history.replaceState({ ...history.state, runsTop }, "");
  const keep = () => keepTop(box.scrollTop);
  const restore = (otherwise: number) => {
    const kept = (history.state as { runsTop?: unknown } | null)?.runsTop;
    const top = typeof kept === "number" ? kept : otherwise;
    // Room for all lines comes with the next drawing.
    requestAnimationFrame(() => {
      box.scrollTop = top;
      soon();
    });
  };
  measure();
  restore(offset === 0 ? 0 : lineOf(offset, store.groups.peek()) * height.current);
  store.onBegin = (isBack) => {
    if (!isBack) keepTop(0);
    restore(0);
  };
  box.addEventListener("scroll", soon, { passive: true });
  box.addEventListener("scrollend", keep);
  const forget = store.windows.version.subscribe(soon);
  return () => {
    size.disconnect();
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    forget();
    box.removeEventListener("scroll", soon);
    box.removeEventListener("scrollend", keep);
  };
}

/** The rows in these lines; null: there are none. */
function placesIn(
  store: RunsStore,
  { first, end }: { readonly first: number; readonly end: number },
): { readonly first: number; readonly end: number } | null {
  const groups = store.groups.peek();
  const places: number[] = [];
  for (const line of [first, first + 1, end - 2, end - 1]) {
    const at = lineAt(line, groups);
    if (line >= first && line < end && "row" in at) places.push(at.row);
  }
  return places.length === 0 ? null : { first: Math.min(...places), end: Math.max(...places) + 1 };
}

// ── what is done with them ──────────────────────────────────────────────────────────────────────────────────────────

function click(store: RunsStore, event: MouseEvent, grid: HTMLElement): void {
  const target = event.target as HTMLElement;
  const narrow = target.closest<HTMLElement>("[data-narrow]");
  if (narrow !== null && !isElsewhere(event)) {
    event.preventDefault();
    return store.ask({ [narrow.dataset.narrow!]: narrow.dataset.value! });
  }
  const place = placeOf(target);
  if (place === null || target.closest("a") !== null) return;
  // What somebody marks in order to copy it chooses nothing.
  if (getSelection()?.isCollapsed === false && !event.shiftKey) return;
  const isBox = target.matches("input");
  store.active.value = place;
  if (event.shiftKey) {
    getSelection()?.removeAllRanges();
    void store.chooseTo(place, { add: isBox || event.ctrlKey || event.metaKey });
  } else if (isBox || event.ctrlKey || event.metaKey || (event as PointerEvent).pointerType === "touch") {
    store.toggle(place);
  } else store.chooseOnly(place);
  grid.focus({ preventScroll: true });
}

function press(store: RunsStore, event: KeyboardEvent, grid: HTMLElement, height: number): void {
  if (event.target !== grid || event.altKey) return;
  const { total } = store.windows;
  const active = store.active.peek();
  const isMod = event.ctrlKey || event.metaKey;
  const page = Math.max(1, Math.floor(grid.clientHeight / height) - 2);
  const to = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -total, End: total }[event.key];
  if (to !== undefined && total > 0) {
    event.preventDefault();
    const place = active === null ? (to > 0 && event.key !== "End" ? 0 : to < 0 ? 0 : total - 1) : active + to;
    move(store, Math.max(0, Math.min(total - 1, place)), grid, height);
    if (event.shiftKey) {
      if (active !== null && store.selection.peek().ids.size === 0) store.chooseOnly(active);
      void store.chooseTo(store.active.peek()!);
    }
    return;
  }
  if (event.key === "a" && isMod) {
    event.preventDefault();
    return store.choose(ALL);
  }
  if (event.key === "Escape") return store.choose(NONE);
  if (active === null || isMod) return;
  if (event.key === " ") {
    event.preventDefault();
    store.toggle(active);
  } else if (event.key === "Enter") {
    const row = store.windows.row(active);
    if (row !== null && !store.windows.isGone(row.run_id)) location.assign(runUrl(row.run_id));
  }
}

/** Goes to a row, and scrolls as little as it takes to see it. */
function move(store: RunsStore, place: number, grid: HTMLElement, height: number): void {
  store.active.value = place;
  const head = grid.querySelector<HTMLElement>(".runs-head")!.offsetHeight;
  const top = lineOf(place, store.groups.peek()) * height;
  if (top < grid.scrollTop) grid.scrollTop = place === 0 ? 0 : top;
  else if (top + height > grid.scrollTop + grid.clientHeight - head) {
    grid.scrollTop = top + height - grid.clientHeight + head;
  }
}

function placeOf(target: EventTarget | null): number | null {
  const place = (target as HTMLElement).closest<HTMLElement>("[data-place]")?.dataset.place;
  return place === undefined ? null : Number(place);
}

function isControl(target: EventTarget | null): boolean {
  return (target as HTMLElement).closest("a, input, button") !== null;
}

/** Whether a link is to be opened in another window. */
function isElsewhere({ ctrlKey, metaKey, shiftKey, button }: MouseEvent): boolean {
  return ctrlKey || metaKey || shiftKey || button !== 0;
}
