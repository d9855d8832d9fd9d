/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import { Icon } from "../icons.tsx";
import type { SaveState } from "./sync.ts";

/** Whether the page is on disk, in words. @param note in place of "saved" */
export function Saved({ state, note }: { readonly state: SaveState; readonly note: string | null }): VNode {
  const look = WORDS[state.type];
  return (
    <span
      class={`saved tone-${look.tone}`}
      data-state={state.type}
      title={state.type === "refused" ? state.message : undefined}
    >
      <Icon name={look.icon} /> {state.type === "saved" && note !== null ? note : look.word}
    </span>
  );
}

const WORDS = {
  saved: { icon: "check", tone: "quiet", word: "saved" },
  changed: { icon: "circle", tone: "quiet", word: "not saved yet" },
  saving: { icon: "circle", tone: "quiet", word: "saving" },
  offline: { icon: "alert", tone: "stale", word: "offline, changes kept here" },
  conflict: { icon: "alert", tone: "stale", word: "conflict, not saved" },
  gone: { icon: "alert", tone: "stale", word: "file is gone" },
  refused: { icon: "alert", tone: "error", word: "cannot be saved" },
} as const;
