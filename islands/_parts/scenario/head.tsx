/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The head of a scenario's page: what it is, whether it is saved, and what can be begun with it. */

import type { VNode } from "preact";
import { ActionButton, type Actions } from "../actions.tsx";
import { Icon } from "../icons.tsx";
import { Glyph } from "../notebook/glyphs.tsx";
import { Menu, type MenuEntry } from "../notebook/menu.tsx";
import { Saved } from "../notebook/saved.tsx";
import { tabIndents } from "../notebook/settings.ts";
import { countsOf } from "./findings.tsx";
import type { ScenarioSession, ScenarioStart } from "./session.ts";
import type { ScenarioDialog } from "./dialogs.tsx";

/** What the head is told. */
export interface HeadProps {
  readonly start: ScenarioStart;
  readonly session: ScenarioSession | null;
  readonly actions: Actions;
  onDialog(dialog: ScenarioDialog): void;
}

/** The head. */
export function Head({ start, session, actions, onDialog }: HeadProps): VNode {
  const { repo, config, readonly, may } = start;
  const state = session?.save.value ?? { type: "saved" as const };
  const counts = countsOf((session?.look.value ?? start).draft?.issues ?? []);
  const isChanged = session !== null && session.text.value !== session.saved.value;
  const maySave = isChanged && !["saving", "gone", "conflict"].includes(state.type);
  const note = readonly ? "part of the program: duplicate it to change it" : may.edit ? null : "read only";
  return (
    <header class="scenario-top">
      <div class="scenario-title">
        <h1>{config}</h1>
        <p class="muted">
          {kindOf(start, session)} of <a href={`/domains/${encodeURIComponent(repo)}`}>{repo}</a>
        </p>
      </div>
      <div class="scenario-state">
        <Saved state={state} note={note} />
        {counts !== null && (
          <a class={`badge tone-${counts.tone}`} href="#findings">
            <Icon name="alert" /> {counts.words}
          </a>
        )}
      </div>
      <div class="scenario-actions">
        {may.edit && !readonly && (
          <ActionButton
            icon="check"
            label="Save"
            title="Ctrl/Cmd-S"
            primary={maySave}
            disabled={!maySave}
            actions={actions}
            onClick={() => void save(session!, actions)}
          />
        )}
        <Begin start={start} session={session} actions={actions} onDialog={onDialog} />
        {session !== null && (
          <Menu label="More for this scenario" entries={entries(session, onDialog)}>
            <Glyph name="more" />
          </Menu>
        )}
      </div>
    </header>
  );
}

/** What is begun with the file. Without scripts these are forms. */
function Begin({ start, session, actions, onDialog }: HeadProps): VNode {
  const { repo, config, may } = start;
  const name = `${repo}/${config}`;
  const kind = kindOf(start, session);
  const isLive = session !== null;
  const run = (event: Event) => {
    if (session === null) return;
    event.preventDefault();
    void runIt(session, actions);
  };
  return (
    <>
      {may.run && (kind === "scenario" || kind === "conversation") && (
        <form method="post" action="/runs" onSubmit={run}>
          <button
            type="submit"
            name="scenario"
            value={name}
            title="Ctrl/Cmd-Enter"
            disabled={actions.busy !== null}
            aria-busy={actions.busy === "Run"}
          >
            <Icon name={actions.busy === "Run" ? "spin" : "play"} /> Run
          </button>
        </form>
      )}
      {may.run && (kind === "scenario" || kind === "batch") && isLive && (
        <button
          type="button"
          disabled={actions.busy !== null}
          onClick={() => onDialog("batch")}
        >
          <Icon name="table" /> Batch…
        </button>
      )}
      {may.edit && kind !== "plan" && (
        <form
          method="post"
          action="/"
          onSubmit={(event) => {
            if (session === null || !session.isUnsaved || !session.mayEdit) return;
            event.preventDefault();
            const form = event.currentTarget;
            void actions.act("Save", () => session.store()).then((isDone) =>
              isDone && !session.isUnsaved && form.submit()
            );
          }}
        >
          <input type="hidden" name="scenario" value={name} />
          <button type="submit" title="Makes a notebook of it">
            <Icon name="text" /> Notebook
          </button>
        </form>
      )}
    </>
  );
}

/** What the file is, by what it says now. */
export function kindOf(start: ScenarioStart, session: ScenarioSession | null): ScenarioStart["kind"] {
  const kind = (session?.look.value ?? start).draft?.kind;
  return kind === undefined || kind === "scenario" ? start.kind === "conversation" ? "conversation" : "scenario" : kind;
}

/** Saves it. */
export async function save(session: ScenarioSession, actions: Actions): Promise<void> {
  await actions.act("Save", () => session.store());
}

/** Saves what has changed, and starts a run of it. */
export async function runIt(session: ScenarioSession, actions: Actions): Promise<void> {
  await actions.act("Run", async () => {
    if (await savedFor(session)) location.assign(`/runs/${encodeURIComponent(await session.server.run())}`);
  });
}

/** Whether what is on disk is what the page shows: it is saved first, where that may be. */
export async function savedFor(session: ScenarioSession): Promise<boolean> {
  return !session.mayEdit || !session.isUnsaved || await session.store();
}

/** What can be done with the file, in its menu and in the palette. */
export function entries(session: ScenarioSession, onDialog: (dialog: ScenarioDialog) => void): (MenuEntry | null)[] {
  const { start, mayEdit } = session;
  const { repo, config, may } = start;
  const extending = new URLSearchParams({ from: `${repo}/${config}`, how: "extend" });
  return [
    ...(may.edit
      ? [
        { name: "Duplicate…", note: "with what is not saved yet", run: () => onDialog("copy") },
        ...(["scenario", "conversation"].includes(kindOf(start, session))
          ? [{ name: "New scenario that extends it…", run: () => location.assign(`/scenarios/new?${extending}`) }]
          : []),
      ]
      : []),
    ...(mayEdit
      ? [
        { name: "Drop changes", note: "back to what is saved", run: () => session.revert() },
        null,
        {
          name: tabIndents.value ? "Tab leaves the editor" : "Tab indents",
          run: () => tabIndents.value = !tabIndents.peek(),
        },
        null,
        { name: "Delete…", danger: true, run: () => onDialog("delete") },
      ]
      : []),
  ];
}
