/** Short notes at the edge of the page. Module state: all islands of a page share it. */

import { signal } from "@preact/signals";

/** What a note is about. */
export type ToastKind = "info" | "done" | "error";

/** A note. */
export interface Toast {
  /** In few words; it is read out. */
  readonly text: string;
  /** Default: `info`. Errors stay until they are closed. */
  readonly kind?: ToastKind;
  /** Something to be done about it, as Undo. It closes the note. */
  readonly action?: { readonly label: string; run(): void };
}

/** A note that is shown. */
export interface ShownToast extends Toast {
  readonly id: number;
}

/** Notes shown at once at most: then the oldest goes. */
const MOST = 4;

/** Notes that are shown, the oldest first. */
export const toasts = signal<readonly ShownToast[]>([]);

let last = 0;

/** Shows a note. @returns closes it */
export function toast(note: Toast): () => void {
  const id = ++last;
  // The same note twice is one that stays longer.
  const others = toasts.peek().filter(({ text, kind }) => text !== note.text || kind !== note.kind);
  toasts.value = [...others, { ...note, id }].slice(-MOST);
  return () => dismiss(id);
}

/** Closes a note. */
export function dismiss(id: number): void {
  toasts.value = toasts.peek().filter((shown) => shown.id !== id);
}

/** Milliseconds for which a note is shown; null: until it is closed. */
export function lifetimeOf({ kind, action }: Toast): number | null {
  return kind === "error" ? null : action === undefined ? 5000 : 12_000;
}

/** Shows what went wrong. */
export function toastError(what: string, error: unknown): void {
  const said = error instanceof Error ? error.message : String(error);
  toast({ text: `${what}: ${said}`, kind: "error" });
}
