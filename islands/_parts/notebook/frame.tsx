/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What all pieces have around them: focus, gutter with handle and bar, dropping. */

import { useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren, TargetedDragEvent, TargetedEvent, VNode } from "preact";
import { Glyph } from "./glyphs.tsx";
import { after } from "./model.ts";
import type { Session } from "./session.ts";
import type { NotebookStore } from "./store.ts";

/** What it is told. */
export interface FrameProps {
  readonly store: NotebookStore;
  /** Null while the page has not come to life. */
  readonly session: Session | null;
  readonly pieceKey: string;
  /** For who cannot see it: `run base, stale`. */
  readonly label: string;
  /** `prose`, `front`, or the kind of the cell. */
  readonly kind: string;
  /** Colour of its bar. */
  readonly tone: string;
  /** In addresses: `#base`. */
  readonly anchor: string | null;
  readonly children: ComponentChildren;
}

/** Type of what is dragged. */
const DRAGGED = "application/x-llm-sim-cell";

/** A piece of the page. One of them, the active one, can be reached by Tab. */
export function Frame({ store, session, pieceKey: key, label, kind, tone, anchor, children }: FrameProps): VNode {
  const isActive = useComputed(() => (store.active.value ?? store.order.value[0]) === key);
  const drop = useSignal<"above" | "below" | null>(null);
  const onFocus = (event: TargetedEvent<HTMLElement, FocusEvent>) => {
    if (event.currentTarget.contains(event.target as Node)) store.active.value = key;
  };
  const onDragOver = (event: TargetedDragEvent<HTMLElement>) => {
    if (!event.dataTransfer?.types.includes(DRAGGED)) return;
    event.preventDefault();
    const { top, height } = event.currentTarget.getBoundingClientRect();
    drop.value = event.clientY < top + height / 2 && kind !== "front" ? "above" : "below";
  };
  const onDrop = (event: TargetedDragEvent<HTMLElement>) => {
    const dragged = event.dataTransfer?.getData(DRAGGED);
    const where = drop.peek();
    drop.value = null;
    if (!dragged || session === null) return;
    event.preventDefault();
    if (dragged === key) return;
    const before = where === "above" ? key : after(store.pieces, key);
    if (store.move(dragged, before === dragged ? after(store.pieces, dragged) : before)) session.focus(dragged);
  };
  return (
    <article
      id={anchor ?? undefined}
      class={`cell cell-${kind}`}
      data-key={key}
      data-tone={tone}
      data-drop={drop.value ?? undefined}
      aria-label={label}
      tabindex={isActive.value ? 0 : -1}
      onFocusIn={onFocus}
      onDragOver={onDragOver}
      onDragLeave={() => drop.value = null}
      onDrop={onDrop}
    >
      <div class="gutter">
        {session === null || !store.may.edit || kind === "front" ? null : (
          <button
            type="button"
            class="grip"
            draggable
            tabindex={-1}
            aria-label={`Move ${label.replace(/,.*$/, "")}: drag, or Alt with arrow up and down`}
            title="Drag, or Alt-↑ and Alt-↓"
            onClick={() => session.focus(key)}
            onDragStart={(event) => {
              event.dataTransfer?.setData(DRAGGED, key);
              event.dataTransfer?.setData("text/plain", store.piece(key).source.peek());
              const article = event.currentTarget.closest("article")!;
              event.dataTransfer?.setDragImage(article, 14, 14);
            }}
          >
            <Glyph name="grip" />
          </button>
        )}
        <span class="cell-bar" />
      </div>
      <div class="cell-main">{children}</div>
    </article>
  );
}
