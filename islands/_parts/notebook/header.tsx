/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The page's head: title, whether it is saved, what is stale and what that takes, and what can be done with all of it. */

import type { VNode } from "preact";
import { Icon } from "../icons.tsx";
import { dollars, duration } from "../number_format.tsx";
import { PanelButton } from "../shell/panel.tsx";
import { notebookUrl } from "./address.ts";
import { isBusy } from "./following.ts";
import { Glyph } from "./glyphs.tsx";
import { Menu, type MenuEntry } from "./menu.tsx";
import { Saved } from "./saved.tsx";
import type { Session } from "./session.ts";
import { letters, panelShown, tabIndents } from "./settings.ts";
import type { NotebookStore } from "./store.ts";
import type { NotebookView } from "./types.ts";

/** What it is told. */
export interface HeaderProps {
  readonly store: NotebookStore;
  readonly session: Session | null;
  readonly view: NotebookView;
  readonly present: boolean;
  onBin(): void;
}

/** The head. */
export function Header({ store, session, view, present, onBin }: HeaderProps): VNode {
  const { title, cost_usd, stale, readonly } = store.head.value;
  const { may } = store;
  const busy = isBusy(view);
  // A page has one heading of the first level, for who jumps from heading to heading.
  const Name = view.pieces.some(isTitled) ? "span" : "h1";
  return (
    <header class="notebook-head">
      <div class="notebook-title">
        <Name class="notebook-name">{title === "" ? view.path : title}</Name>
        <span class="notebook-path muted">{view.path}</span>
      </div>
      <div class="notebook-state">
        <Saved state={store.save.value} note={may.edit ? readonly ? "example, saved as a copy" : null : "read only"} />
        {stale.length > 0 && (
          <span class="badge tone-stale">
            <Icon name="alert" />
            {stale.length} stale{pricesOf(view)}
          </span>
        )}
        {cost_usd > 0 && <span class="muted number" title="What its results have cost">{dollars(cost_usd)}</span>}
      </div>
      <div class="notebook-actions">
        {session === null || !may.run
          ? null
          : busy
          ? (
            <button type="button" onClick={() => session.cancel(null)} title="Ctrl/Cmd-I">
              <Icon name="stop" /> Interrupt
            </button>
          )
          : (
            <button
              type="button"
              class={stale.length > 0 ? "first" : undefined}
              disabled={stale.length === 0 || session.isBusyStarting}
              aria-busy={session.isBusyStarting}
              onClick={() => session.runAll("stale")}
            >
              <Icon name={session.isBusyStarting ? "spin" : "play"} /> Run stale
            </button>
          )}
        {session === null || !may.edit ? null : (
          <button
            type="button"
            class="undo-button quiet icon"
            aria-label="Undo"
            title="Undo what was done with cells (z)"
            disabled={store.changes.value < 0 || !store.canUndo}
            onClick={() => session.undo()}
          >
            <Icon name="undo" />
          </button>
        )}
        {present
          ? (
            <a
              class="button quiet"
              href={notebookUrl(view.path)}
              // With the inputs as they stand by then.
              onClick={(event) => event.currentTarget.href = addressOf(view.path, false)}
            >
              Edit
            </a>
          )
          : null}
        {session === null || present ? null : (
          <Menu label="More for this page" entries={entries(session, onBin)}>
            <Glyph name="more" />
          </Menu>
        )}
        {session === null || present ? null : <PanelButton label="Outline, values, runs" />}
      </div>
    </header>
  );
}

function isTitled(piece: NotebookView["pieces"][number]): boolean {
  return piece.kind === "prose" && piece.headings.some(({ level }) => level === 1);
}

/** What a person can do with the page, in its menu and in the palette. */
export function entries(session: Session, onBin: () => void): (MenuEntry | null)[] {
  const { path, may } = session.store;
  return [
    ...(may.run ? [{ name: "Run all cells", run: () => session.runAll("all") }] : []),
    ...(may.edit
      ? [
        { name: "Save", note: "Ctrl/Cmd-S", run: () => session.save() },
        { name: "Redo", note: "Shift-Z", run: () => session.redo() },
        { name: "Deleted cells", run: onBin },
        null,
      ]
      : []),
    { name: "Present", note: "without source", run: () => location.assign(addressOf(path, true)) },
    { name: "Export as HTML", run: () => location.assign(exportUrl(path)) },
    { name: "Print", run: () => print() },
    null,
    {
      name: panelShown.value ? "Hide the panel" : "Show the panel",
      run: () => panelShown.value = !panelShown.peek(),
    },
    ...(may.edit
      ? [
        {
          name: letters.value ? "Switch letter keys off" : "Switch letter keys on",
          note: "a b dd z …",
          run: () => letters.value = !letters.peek(),
        },
        {
          name: tabIndents.value ? "Tab leaves the editor" : "Tab indents",
          run: () => tabIndents.value = !tabIndents.peek(),
        },
      ]
      : []),
  ];
}

/** The page's address with the inputs as they stand. */
function addressOf(path: string, present: boolean): string {
  const query = new URLSearchParams(location.search);
  if (present) query.set("view", "present");
  else query.delete("view");
  return query.size === 0 ? notebookUrl(path) : `${notebookUrl(path)}?${query}`;
}

/** The page as one file, with the inputs as they stand. */
function exportUrl(path: string): string {
  const set = Object.fromEntries([...new URLSearchParams(location.search)].filter(([name]) => name !== "view"));
  const query = new URLSearchParams({ format: "html" });
  if (Object.keys(set).length > 0) query.set("set", JSON.stringify(set));
  return `${notebookUrl(path, "/api/notebooks")}?${query}`;
}

function pricesOf({ pieces }: NotebookView): string {
  let [seconds, usd]: [number | null, number | null] = [0, 0];
  for (const piece of pieces) {
    if (piece.kind !== "cell" || piece.status !== "stale" || piece.price === null) continue;
    seconds = seconds === null || piece.price.seconds === null ? null : seconds + piece.price.seconds;
    usd = usd === null || piece.price.usd === null ? null : usd + piece.price.usd;
  }
  return [
    seconds === null || seconds < 1 ? "" : `, about ${seconds < 10 ? `${Math.round(seconds)} s` : duration(seconds)}`,
    usd === null || usd === 0 ? "" : `, ${dollars(usd)}`,
  ].join("");
}
