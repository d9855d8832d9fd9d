/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Mod-K: go to, or do, anything. `?`: the list of keys. */

import type { TargetedKeyboardEvent, VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { commands, registerCommands } from "./_parts/shell/commands.ts";
import { KeyList, Keys } from "./_parts/shell/key_list.tsx";
import { isPressed, isTyping } from "./_parts/shell/keys.ts";
import { entriesOf, rankedEntries, type RankedEntry } from "./_parts/shell/palette_entries.ts";
import { ShellIcon } from "./_parts/shell/shell_icons.tsx";
import { refreshTree, tree, treeRequest } from "./_parts/shell/tree_store.ts";

type Mode = "closed" | "entries" | "keys";

/** The palette, with the button that opens it. */
export default function Palette({ mayEdit }: { readonly mayEdit: boolean }): VNode {
  const [mode, setMode] = useState<Mode>("closed");
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      if (isPressed(event, "Mod-k")) setMode((now) => now === "entries" ? "closed" : "entries");
      else if (isPressed(event, "?") && !isTyping(event.target)) setMode("keys");
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKeyDown);
    const forget = registerCommands([
      { id: "keys", title: "Show all keys", run: () => setMode("keys") },
      ...(mayEdit ? [{ id: "new", title: "New notebook", run: () => void (treeRequest.value = { verb: "new" }) }] : []),
    ]);
    return () => {
      removeEventListener("keydown", onKeyDown);
      forget();
    };
  }, []);

  useEffect(() => {
    const box = dialog.current!;
    if (mode === "closed") return box.close();
    if (!box.open) box.showModal();
    if (mode === "entries" && tree.peek() === null) refreshTree().catch(() => {/* pages and commands remain */});
  }, [mode]);

  return (
    <>
      <button
        class="palette-button needs-script"
        type="button"
        aria-haspopup="dialog"
        onClick={() => setMode("entries")}
      >
        <ShellIcon name="search" />
        <span class="palette-word">Search</span>
        <Keys keys="Mod-K" />
      </button>
      <dialog
        class="palette"
        ref={dialog}
        aria-label={mode === "keys" ? "Keys" : "Go to, or do, anything"}
        onClose={() => setMode("closed")}
        onClick={(event) => event.target === event.currentTarget && setMode("closed")}
      >
        {mode === "entries" && <Entries onKeys={() => setMode("keys")} onDone={() => setMode("closed")} />}
        {mode === "keys" && (
          <>
            <div class="palette-head">
              <h2>Keys</h2>
              <button class="quiet icon" type="button" aria-label="Close" onClick={() => setMode("closed")}>
                <ShellIcon name="close" />
              </button>
            </div>
            <KeyList />
          </>
        )}
      </dialog>
    </>
  );
}

interface EntriesProps {
  onKeys(): void;
  onDone(): void;
}

function Entries({ onKeys, onDone }: EntriesProps): VNode {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const entries = useMemo(
    () => rankedEntries(entriesOf(tree.value, commands.value), query),
    [tree.value, commands.value, query],
  );
  const active = Math.min(at, entries.length - 1);

  useEffect(() => list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" }), [
    active,
  ]);

  const take = (entry: RankedEntry | undefined, isAside = false) => {
    if (entry === undefined) return;
    onDone();
    if (entry.href !== undefined && isAside) open(entry.href, "_blank", "noopener");
    else if (entry.href !== undefined) location.assign(entry.href);
    // When the dialog has given the focus back: the command may want it.
    else setTimeout(() => entry.command!.run());
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (event.key === "Enter") take(entries[active], event.ctrlKey || event.metaKey);
    else if (event.key === "?" && query === "") onKeys();
    else if (step === undefined || entries.length === 0) return;
    else if (Math.abs(step) === 1) setAt((active + step + entries.length) % entries.length);
    else setAt(Math.max(0, Math.min(entries.length - 1, active + step)));
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
          autofocus
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
      <p class="palette-none" role="status">{entries.length === 0 ? `Nothing fits “${query.trim()}”.` : ""}</p>
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
