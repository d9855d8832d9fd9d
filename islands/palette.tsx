/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Mod-K: go to, or do, anything. `?`: the list of keys. */

import type { TargetedKeyboardEvent, VNode } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { letters } from "./_parts/notebook/settings.ts";
import { type Command, commands, registerCommands } from "./_parts/shell/commands.ts";
import { KeyList, Keys } from "./_parts/shell/key_list.tsx";
import { isPressed, isTyping } from "./_parts/shell/keys.ts";
import { makeNotebook } from "./_parts/shell/notebook_files.ts";
import { entriesOf, rankedEntries, type RankedEntry } from "./_parts/shell/palette_entries.ts";
import { ShellIcon } from "./_parts/shell/shell_icons.tsx";
import { refreshTree, tree, treeRequest } from "./_parts/shell/tree_store.ts";

/** What it is told. */
export interface PaletteProps {
  readonly mayEdit: boolean;
  /** Whether this server has conversations. */
  readonly hasConversations: boolean;
}

type Mode = "closed" | "entries" | "keys";

/** The palette, with the button that opens it. */
export default function Palette({ mayEdit, hasConversations }: PaletteProps): VNode {
  const [mode, setMode] = useState<Mode>("closed");
  const dialog = useRef<HTMLDialogElement>(null);

  const open = (next: Exclude<Mode, "closed">) => {
    const box = dialog.current!;
    setMode(next);
    // At once: what is typed next, before anything is drawn, is meant for it.
    if (!box.open) box.showModal();
    if (next === "entries") box.querySelector("input")!.focus();
    if (tree.peek() === null) refreshTree().catch(() => {/* pages and commands remain */});
  };
  const close = () => {
    dialog.current!.close();
    // At once: before the dialog tells that it is closed it may have been opened again.
    setMode("closed");
  };

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      if (isPressed(event, "Mod-k")) {
        if (dialog.current!.open) close();
        else open("entries");
      } else if (isPressed(event, "?") && letters.peek() && !isTyping(event.target)) open("keys");
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKeyDown);
    const forget = registerCommands([
      { id: "keys", title: "Show all keys", run: () => open("keys") },
      ...(mayEdit ? WRITING : []),
      ...(hasConversations ? [CONVERSATIONS] : []),
    ]);
    return () => {
      removeEventListener("keydown", onKeyDown);
      forget();
    };
  }, []);

  return (
    <>
      <button
        class="palette-button needs-script"
        type="button"
        aria-haspopup="dialog"
        onClick={() => open("entries")}
      >
        <ShellIcon name="search" />
        <span class="palette-word">Search</span>
        <Keys keys="Mod-K" />
      </button>
      <dialog
        class="palette"
        ref={dialog}
        aria-label={mode === "keys" ? "Keys" : "Go to, or do, anything"}
        onCancel={() => setMode("closed")}
        onClose={(event) => !event.currentTarget.open && setMode("closed")}
        onClick={(event) => event.target === event.currentTarget && close()}
      >
        {mode === "keys"
          ? (
            <>
              <div class="palette-head">
                <h2>Keys</h2>
                <button class="quiet icon" type="button" aria-label="Close" onClick={close}>
                  <ShellIcon name="close" />
                </button>
              </div>
              <KeyList />
            </>
          )
          : <Entries isOpen={mode === "entries"} onKeys={() => open("keys")} onDone={close} />}
      </dialog>
    </>
  );
}

/** Rows that a key goes on. */
const STEPS: { readonly [key: string]: number } = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };

const CONVERSATIONS: Command = {
  id: "conversations",
  title: "Conversations",
  run: () => location.assign("/conversations"),
};

/** Ways to begin a notebook. */
const WRITING: readonly Command[] = [
  { id: "new", title: "New notebook", run: () => void (treeRequest.value = { verb: "new" }) },
  ...[["compare", "two scenarios compared"], ["sweep", "a parameter swept"], ["conversation", "a simulated user"]]
    .map(([starter, words]) => ({
      id: `new-${starter}`,
      title: `New notebook: ${words}`,
      run: () => makeNotebook("starter", starter!),
    })),
];

interface EntriesProps {
  /** Otherwise it is only there to take the first letters. */
  readonly isOpen: boolean;
  onKeys(): void;
  onDone(): void;
}

/** What fits now. */
function entriesFor(query: string): readonly RankedEntry[] {
  return rankedEntries(entriesOf(tree.value, commands.value), query);
}

function Entries({ isOpen, onKeys, onDone }: EntriesProps): VNode {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const entries = useMemo(() => isOpen ? entriesFor(query) : [], [isOpen, tree.value, commands.value, query]);
  const active = Math.min(at, entries.length - 1);

  useEffect(() => list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" }), [
    active,
  ]);
  useLayoutEffect(() => {
    if (isOpen) return;
    setQuery("");
    setAt(0);
  }, [isOpen]);

  const take = (entry: RankedEntry | undefined, isAside = false) => {
    if (entry === undefined) return;
    onDone();
    if (entry.href !== undefined && isAside) open(entry.href, "_blank", "noopener");
    else if (entry.href !== undefined) location.assign(entry.href);
    // When the dialog has given the focus back: the command may want it.
    else setTimeout(() => entry.command!.run());
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    const typed = event.currentTarget.value;
    // Somebody types faster than it is drawn.
    const now = typed === query && isOpen ? entries : entriesFor(typed);
    const count = now.length;
    const step = STEPS[event.key];
    if (event.key === "Enter") take(now[typed === query ? Math.max(0, active) : 0], event.ctrlKey || event.metaKey);
    else if (event.key === "?" && typed === "") onKeys();
    else if (step === undefined || count === 0) return;
    else if (Math.abs(step) === 1) setAt((before) => (Math.min(before, count - 1) + step + count) % count);
    else setAt((before) => Math.max(0, Math.min(count - 1, before + step)));
    event.preventDefault();
  };
  return (
    <>
      <div class="palette-head">
        <ShellIcon name="search" />
        <input
          type="text"
          role="combobox"
          aria-label="Go to, or do, anything"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-autocomplete="list"
          aria-activedescendant={entries.length > 0 ? `palette-${active}` : undefined}
          placeholder="Notebook, scenario, run, command"
          spellcheck={false}
          autocomplete="off"
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <kbd>Esc</kbd>
      </div>
      <div class="palette-list" id="palette-list" role="listbox" aria-label="Found" ref={list}>
        {entries.map((entry, i) => (
          <div
            key={entry.id}
            id={`palette-${i}`}
            class="palette-entry"
            role="option"
            aria-selected={i === active}
            onMouseMove={() => setAt(i)}
            onClick={(event) => take(entry, event.ctrlKey || event.metaKey)}
          >
            <span class="palette-title">
              <Marked text={entry.title} at={entry.at} />
            </span>
            {entry.detail !== "" && entry.detail !== entry.title && <span class="palette-detail">{entry.detail}</span>}
            <span class="palette-kind">
              {entry.command?.keys !== undefined ? <Keys keys={entry.command.keys} /> : entry.kind}
            </span>
          </div>
        ))}
      </div>
      <p class="palette-none" role="status">
        {isOpen && entries.length === 0 ? `Nothing fits “${query.trim()}”.` : ""}
      </p>
    </>
  );
}

/** A text with some of its letters set off. */
function Marked({ text, at }: { readonly text: string; readonly at: readonly number[] }): VNode {
  if (at.length === 0) return <>{text}</>;
  const marked = new Set(at);
  const parts: { readonly text: string; readonly isMarked: boolean }[] = [];
  for (let i = 0; i < text.length;) {
    const isMarked = marked.has(i);
    let end = i + 1;
    while (end < text.length && marked.has(end) === isMarked) end++;
    parts.push({ text: text.slice(i, end), isMarked });
    i = end;
  }
  return <>{parts.map((part, i) => part.isMarked ? <b key={i}>{part.text}</b> : <span key={i}>{part.text}</span>)}</>;
}
