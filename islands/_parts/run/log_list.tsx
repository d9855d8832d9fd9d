/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The lines of a log, of which only those in the window are drawn; one of them is chosen. */

import { type Signal, signal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { count } from "../number_format.tsx";
import { linesShown } from "../runs/places.ts";
import { isDamaged, type LogStore } from "./log_store.ts";

/** What a list of lines is told. */
export interface LogListProps<T extends object> {
  readonly store: LogStore<T>;
  /** Read out for the list. */
  readonly label: string;
  readonly view: LogView;
  readonly Line: (props: { readonly line: T }) => VNode;
  /** Whether a line is of the turn that is looked at. */
  readonly isMarked?: (line: T) => boolean;
  /** Told when a person chooses a line. */
  readonly onChoose: (number: number) => void;
  /** Further keys. @returns whether it was one of them */
  readonly onKey?: (key: string) => boolean;
}

/** The height of a line before it is measured. */
const LINE = 32;
/** Milliseconds for which scrolling rests before lines are asked for. */
const RESTING = 60;
/** Lines in the box at once: browsers know no box of any height. */
const MOST_LINES = 300_000;

/** Where a list is looked at. */
export class LogView {
  /** Number of the chosen line; null: none. */
  readonly chosen: Signal<number | null> = signal(null);
  /** Place of the first line in the box. */
  readonly base: Signal<number> = signal(0);
  /** Whether a person has gone somewhere since the list was last shown a place. */
  isAstray = false;
  #scroll: ((place: number, toTop: boolean) => void) | null = null;
  #waiting: readonly [place: number, toTop: boolean] | null = null;

  /** Has a line seen: at the top, or as little scrolled as it takes. */
  show(place: number, toTop: boolean): void {
    if (this.#scroll === null) this.#waiting = [place, toTop];
    else this.#scroll(place, toTop);
  }

  /** The box is there. @returns it is there no more */
  attach(scroll: (place: number, toTop: boolean) => void): () => void {
    this.#scroll = scroll;
    if (this.#waiting !== null) scroll(...this.#waiting);
    this.#waiting = null;
    return () => void (this.#scroll = null);
  }
}

/** The list. */
export function LogList<T extends object>(props: LogListProps<T>): VNode {
  const { store, label, view, isMarked, Line } = props;
  const box = useRef<HTMLDivElement>(null);
  const height = useRef(LINE);
  const part = useMemo(() => signal({ first: 0, end: 0 }), []);
  const id = useMemo(() => `log-${store.log}`, [store]);
  void store.version.value;
  const total = store.total.value;
  const base = Math.min(view.base.value, Math.max(0, total - 1));
  const lines = Math.min(MOST_LINES, total - base);
  const chosen = view.chosen.value;

  useEffect(() => draw(box.current!, { store, view, part, height }), [store]);

  const end = Math.min(part.value.end, lines);
  const first = Math.min(part.value.first, end);
  const isDrawn = (number: number) => {
    const place = store.placeOf(number);
    return place >= base + first && place < base + end;
  };
  return (
    <>
      <div
        class="log-list"
        ref={box}
        role="listbox"
        tabIndex={0}
        aria-label={label}
        aria-busy={store.state.value === "loading"}
        aria-activedescendant={chosen !== null && isDrawn(chosen) ? `${id}-${chosen}` : undefined}
        onClick={(event) => click(props, event)}
        onKeyDown={(event) =>
          press(props, event, Math.max(1, Math.floor(box.current!.clientHeight / height.current) - 1))}
      >
        <div
          role="presentation"
          style={`padding-top:${first * height.current}px;padding-bottom:${(lines - end) * height.current}px`}
        >
          {Array.from({ length: end - first }, (_, i) => {
            const place = base + first + i;
            const number = store.numberAt(place);
            const line = store.line(place);
            const isMissing = line !== null && isDamaged(line);
            return (
              <div
                key={number}
                id={`${id}-${number}`}
                class={`log-line${line !== null && !isMissing && isMarked?.(line) ? " log-turn" : ""}`}
                role="option"
                aria-selected={number === chosen}
                aria-setsize={total}
                aria-posinset={place + 1}
                data-number={number}
              >
                {line === null
                  ? <span class="log-unknown">Loading line {number}</span>
                  : isMissing
                  ? <Damaged number={number} />
                  : <Line line={line as T} />}
              </div>
            );
          })}
        </div>
      </div>
      {total > MOST_LINES && (
        <p class="muted">
          Lines {count(base + 1)} to {count(base + lines)} of{" "}
          {count(total)}. Go to another turn, or narrow the list, to see others.
        </p>
      )}
    </>
  );
}

function Damaged({ number }: { readonly number: number }): VNode {
  return (
    <span class="log-damaged tone-error">
      <Icon name="alert" /> Line {count(number)} could not be read
    </span>
  );
}

interface Drawing<T extends object> {
  readonly store: LogStore<T>;
  readonly view: LogView;
  readonly part: Signal<{ readonly first: number; readonly end: number }>;
  readonly height: { current: number };
}

/** Has the lines in the window drawn, and loaded. @returns ends it */
function draw<T extends object>(box: HTMLElement, { store, view, part, height }: Drawing<T>): () => void {
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Where the list was scrolled to by itself, and whether it is about to be. */
  let expected = 0;
  let isMoving = false;
  const lineCount = () => Math.min(MOST_LINES, store.total.peek() - view.base.peek());
  const look = () => {
    frame = 0;
    const base = view.base.peek();
    const { scrollTop: top, clientHeight } = box;
    if (!isMoving && Math.abs(top - expected) > height.current) view.isAstray = true;
    const shown = linesShown({ top, height: clientHeight, line: height.current, lines: lineCount() });
    const before = part.peek();
    if (shown.first !== before.first || shown.end !== before.end) part.value = shown;
    if (shown.end === 0 || store.isKnown(base + shown.first, base + shown.end)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void store.want(base + shown.first, base + shown.end), RESTING);
  };
  const soon = () => {
    if (frame === 0) frame = requestAnimationFrame(look);
  };
  /** Scrolls once there is room for it, which comes with the next drawing. */
  const move = (to: () => number) => {
    isMoving = true;
    requestAnimationFrame(() => {
      isMoving = false;
      box.scrollTop = to();
      expected = box.scrollTop;
      measure();
    });
  };
  const measure = () => {
    const measured = box.querySelector(".log-line")?.getBoundingClientRect().height ?? 0;
    if (measured > 0 && measured !== height.current) {
      const place = box.scrollTop / height.current;
      height.current = measured;
      part.value = { ...part.peek() };
      move(() => place * measured);
    }
    look();
  };
  const scroll = (place: number, toTop: boolean) => {
    const base = view.base.peek();
    if (place < base || place >= base + MOST_LINES) view.base.value = Math.max(0, place - MOST_LINES / 2);
    move(() => {
      const { scrollTop, clientHeight } = box;
      const top = (place - view.base.peek()) * height.current;
      if (toTop || top < scrollTop) return top;
      return Math.max(scrollTop, top + height.current - clientHeight);
    });
  };
  const size = new ResizeObserver(measure);
  size.observe(box);
  const detach = view.attach(scroll);
  const forget = store.version.subscribe(soon);
  box.addEventListener("scroll", soon, { passive: true });
  return () => {
    size.disconnect();
    detach();
    forget();
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    box.removeEventListener("scroll", soon);
  };
}

function click<T extends object>({ view, onChoose }: LogListProps<T>, event: MouseEvent): void {
  const line = (event.target as HTMLElement).closest<HTMLElement>("[data-number]");
  // What somebody marks in order to copy it chooses nothing.
  if (line === null || getSelection()?.isCollapsed === false) return;
  view.isAstray = true;
  onChoose(Number(line.dataset.number));
}

function press<T extends object>(props: LogListProps<T>, event: KeyboardEvent, page: number): void {
  const { store, view, onChoose, onKey } = props;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const total = store.total.peek();
  const to = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -total, End: total }[event.key];
  if (to === undefined || total === 0) {
    if (onKey?.(event.key)) event.preventDefault();
    return;
  }
  event.preventDefault();
  view.isAstray = true;
  const chosen = view.chosen.peek();
  const from = chosen === null ? (to < 0 && event.key !== "Home" ? total : -1) : store.placeOf(chosen);
  const place = Math.max(0, Math.min(total - 1, from + to));
  onChoose(store.numberAt(place));
  view.show(place, false);
}
