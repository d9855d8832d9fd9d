/** Listens to the keys of a page that is open, and does what they mean. */

import { isTyping } from "../shell/keys.ts";
import { infoOf } from "./fences.ts";
import { type Command, type Focus, meaningOf } from "./keys.ts";
import { after } from "./model.ts";
import type { Session } from "./session.ts";
import { letters } from "./settings.ts";

/** Listens, until the result is called. @param root the page's own element */
export function listenToKeys(session: Session, root: HTMLElement): () => void {
  let pending: string | null = null;
  let cleared: ReturnType<typeof setTimeout> | undefined;
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const inside = root.contains(target);
    if (event.defaultPrevented || (!inside && target !== document.body)) return;
    const article = target.closest<HTMLElement>("[data-key]");
    const key = inside ? article?.dataset.key ?? null : null;
    const focus: Focus = { on: focusOn(target, article), letters: letters.peek(), pending };
    const { command, pending: next } = meaningOf(event, focus);
    pending = next;
    clearTimeout(cleared);
    if (next !== null) cleared = setTimeout(() => pending = null, 1000);
    if (command === null || !act(session, command, key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("keydown", onKeyDown);
  return () => {
    document.removeEventListener("keydown", onKeyDown);
    clearTimeout(cleared);
  };
}

function focusOn(target: HTMLElement, article: HTMLElement | null): Focus["on"] {
  if (target.closest(".editor") !== null) return "editor";
  if (article !== null && target === article) return "cell";
  if (isTyping(target)) return "field";
  return article === null ? "page" : "control";
}

/** Does it. @returns whether there was something to do */
function act(session: Session, command: Command, key: string | null): boolean {
  const { store } = session;
  if (command === "save") return session.save(), true;
  if (command === "interrupt") return session.cancel(null), true;
  if (command === "undo") return session.undo(), true;
  if (command === "redo") return session.redo(), true;
  if (key === null) return false;
  const go = (by: -1 | 1) => session.focus(store.neighbour(key, by));
  switch (command) {
    case "run":
      session.runCell(key);
      return true;
    case "run-ancestors":
      session.runCell(key, { ancestors: true });
      return true;
    case "run-next":
      run(session, key);
      store.leave();
      go(1);
      return true;
    case "run-insert":
      run(session, key);
      store.leave();
      store.insertKind("prose", after(store.pieces, key));
      return true;
    case "leave":
      store.leave();
      session.focus(key);
      return true;
    case "edit":
      store.edit(key);
      return true;
    case "insert-above":
      store.insertKind("prose", key);
      return true;
    case "insert-below":
      store.insertKind("prose", after(store.pieces, key));
      return true;
    case "delete":
      session.delete(key);
      return true;
    case "cut":
      session.cut(key);
      return true;
    case "copy":
      session.copy(key);
      return true;
    case "paste":
      session.paste(key);
      return true;
    case "next":
      go(1);
      return true;
    case "previous":
      go(-1);
      return true;
    case "move-up":
      session.move(key, -1);
      return true;
    case "move-down":
      session.move(key, 1);
      return true;
  }
}

/** Prose is only left. */
function run(session: Session, key: string): void {
  if (infoOf(session.store.piece(key).source.peek()) !== null) session.runCell(key);
}
