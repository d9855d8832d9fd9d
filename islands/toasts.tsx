/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Short notes at the edge of the page, over everything else, also over dialogs. */

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { offerRemoved } from "./_parts/shell/notebook_files.ts";
import { ShellIcon } from "./_parts/shell/shell_icons.tsx";
import { dismiss, lifetimeOf, type ShownToast, toasts } from "./_parts/shell/toasts.ts";

/** The notes. */
export default function Toasts(): VNode {
  const box = useRef<HTMLDivElement>(null);
  const shown = toasts.value;
  useEffect(offerRemoved, []);
  useEffect(() => {
    const region = box.current!;
    // Anew, so that it is above a dialog that was opened since.
    if (region.matches(":popover-open")) region.hidePopover();
    if (shown.length > 0) region.showPopover();
  }, [shown]);
  return (
    <div class="toasts" popover="manual" ref={box}>
      <div role="status" aria-live="polite" aria-atomic="false">
        {shown.map((note) => <Note key={note.id} note={note} />)}
      </div>
    </div>
  );
}

function Note({ note }: { readonly note: ShownToast }): VNode {
  const { id, text, kind = "info", action } = note;
  const [held, setHeld] = useState(false);
  useEffect(() => {
    const lifetime = lifetimeOf(note);
    if (lifetime === null || held) return;
    const timer = setTimeout(() => dismiss(id), lifetime);
    return () => clearTimeout(timer);
  }, [held]);
  return (
    <div
      class={`toast toast-${kind}`}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocusIn={() => setHeld(true)}
      onFocusOut={() => setHeld(false)}
    >
      <span class="toast-text">
        {kind === "error" && <span class="visually-hidden">Error:&#32;</span>}
        {text}
      </span>
      {action !== undefined && (
        <button
          type="button"
          onClick={() => {
            dismiss(id);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <button class="quiet icon" type="button" aria-label="Close" onClick={() => dismiss(id)}>
        <ShellIcon name="close" />
      </button>
    </div>
  );
}
