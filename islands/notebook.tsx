/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A notebook, as the server has drawn it; in the browser it is edited, saved, run and followed. */

import { effect, untracked, useComputed, useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Banners, BinDialog } from "./_parts/notebook/banners.tsx";
import { Cell, type PieceProps } from "./_parts/notebook/cell.tsx";
import { listenToKeys } from "./_parts/notebook/controls.ts";
import { caretIn } from "./_parts/notebook/editor.tsx";
import { infoOf } from "./_parts/notebook/fences.ts";
import { entries, Header } from "./_parts/notebook/header.tsx";
import { InsertBar } from "./_parts/notebook/insert_bar.tsx";
import { KEYS } from "./_parts/notebook/keys.ts";
import { Front, Prose } from "./_parts/notebook/prose.tsx";
import { Session } from "./_parts/notebook/session.ts";
import { loadSettings, panelShown } from "./_parts/notebook/settings.ts";
import { SidePanel } from "./_parts/notebook/side_panel.tsx";
import { NOTEBOOK_STARTERS } from "./_parts/notebook/starters.ts";
import { type May, NotebookStore } from "./_parts/notebook/store.ts";
import type { NotebookView } from "./_parts/notebook/types.ts";
import { registerCommands, registerKeyHints } from "./_parts/shell/commands.ts";

/** What a page is told. */
export interface NotebookProps {
  readonly view: NotebookView;
  /** Without source and buttons. */
  readonly present: boolean;
  /** What who looks at it may do. */
  readonly may: May;
}

/** The page's content and its panel. */
export default function Notebook({ view, present, may }: NotebookProps): VNode {
  const store = useMemo(() => new NotebookStore(view, present ? { edit: false, run: false } : may), []);
  const session = useSignal<Session | null>(null);
  const bin = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => open(store, view, root.current!, session, () => bin.value = true), []);
  const shown = useComputed(() => session.value?.view.value ?? view);
  const order = useComputed(() => store.order.value);
  const isEmpty = order.value.every((key) => store.piece(key).view.value?.kind === "front");
  return (
    <div
      class={`page notebook${present ? " notebook-present" : ""}${panelShown.value ? "" : " notebook-wide"}`}
      ref={root}
    >
      <main class="content">
        <Header
          store={store}
          session={session.value}
          view={shown.value}
          present={present}
          onBin={() => bin.value = true}
        />
        {session.value !== null && <Banners session={session.value} />}
        <PageIssues view={shown.value} />
        <div class="cells">
          {order.value.map((key) => (
            <div key={key} class="place">
              {session.value !== null && store.may.edit && <InsertBar session={session.value} before={key} />}
              <PieceOf store={store} session={session.value} pieceKey={key} />
            </div>
          ))}
        </div>
        {isEmpty && store.may.edit && <Empty session={session.value} />}
        {session.value !== null && store.may.edit && <InsertBar session={session.value} before={null} />}
        {bin.value && session.value !== null && <BinDialog session={session.value} onClose={() => bin.value = false} />}
      </main>
      {present ? null : (
        <SidePanel
          view={shown.value}
          onGo={(name) => {
            const key = store.keyOf(name);
            if (key !== null) session.peek()?.focus(key);
          }}
        />
      )}
    </div>
  );
}

/** Brings the page to life. @returns ends it */
function open(
  store: NotebookStore,
  view: NotebookView,
  root: HTMLElement,
  session: { value: Session | null },
  onBin: () => void,
): () => void {
  const opened = new Session(store, view, { text: store.text(), hash: view.hash });
  store.caretOf = caretIn;
  const stops = [loadSettings(localStorage), opened.start()];
  const commands = [...(store.may.run ? RUNNING : []), ...(store.may.edit ? [UNDOING] : [])].map((command) => ({
    ...command,
    group: "Notebook",
    run: () => command.act(opened),
  }));
  // Switches are called by what they would do next.
  stops.push(effect(() => {
    const inMenu = entries(opened, onBin).filter((entry) => entry !== null)
      .map(({ name, run }) => ({ id: `notebook-${name}`, title: name, group: "Notebook", run }));
    return untracked(() => registerCommands([...commands, ...inMenu]));
  }));
  if (store.may.edit) {
    stops.push(
      listenToKeys(opened, root),
      registerKeyHints(KEYS.map(([keys, title, where]) => ({ keys, title, group: GROUPS[where] }))),
    );
  }
  session.value = opened;
  return () => stops.forEach((stop) => stop());
}

/** What the palette can do beside what is in the page's menu. */
const RUNNING = [
  { id: "notebook-run-stale", title: "Run stale cells", act: (session: Session) => session.runAll("stale") },
  { id: "notebook-interrupt", title: "Interrupt", keys: "Mod-i", act: (session: Session) => session.cancel(null) },
];
const UNDOING = {
  id: "notebook-undo",
  title: "Undo what was done with cells",
  keys: "z",
  act: (session: Session) => session.undo(),
};

const GROUPS = { anywhere: "Notebook", cell: "In a cell", command: "On a cell" } as const;

/** A piece by what it is now; text stays text while a fence is typed in it. */
function PieceOf(props: PieceProps): VNode {
  const { store, pieceKey } = props;
  const { source, view } = store.piece(pieceKey);
  const isCell = useComputed(() => {
    const editing = store.editing.value;
    return infoOf(source.value) !== null && !(editing?.key === pieceKey && editing.isProse);
  });
  if (view.value?.kind === "front") return <Front {...props} />;
  return isCell.value ? <Cell {...props} /> : <Prose {...props} />;
}

/** What is wrong with the file as a whole. */
function PageIssues({ view: { issues } }: { readonly view: NotebookView }): VNode | null {
  if (issues.length === 0) return null;
  return (
    <ul class="issues">
      {issues.map(({ message, hint, line, severity }) => (
        <li key={`${line} ${message}`} class={`issue tone-${severity === "error" ? "error" : "stale"}`}>
          <span>
            Line {line}: {message}
            {hint === undefined ? null : <span class="issue-hint">{hint}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What to begin with. */
function Empty({ session }: { readonly session: Session | null }): VNode {
  return (
    <section class="notebook-empty" aria-label="Begin with">
      <p>This notebook is empty. Begin with cells that work:</p>
      <div class="notebook-starters">
        {NOTEBOOK_STARTERS.map(({ name, does, kinds }) => (
          <button
            key={name}
            type="button"
            class="notebook-starter"
            disabled={session === null}
            onClick={() => {
              if (session === null) return;
              for (const kind of kinds) {
                if (kind === "prose") session.store.insertSource(`# ${name}\n`, null);
                else session.store.insertKind(kind, null);
              }
            }}
          >
            <strong>{name}</strong>
            <span class="muted">{does}</span>
          </button>
        ))}
      </div>
    </section>
  );
}
