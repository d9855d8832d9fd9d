/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A scenario file: read, edited as a text or as a form, checked while one types, saved, run. */

import { useSignal } from "@preact/signals";
import type { TargetedKeyboardEvent, VNode } from "preact";
import { useEffect } from "preact/hooks";
import { type Actions, ConnectionNote, TroubleBox, useActions } from "./_parts/actions.tsx";
import { loadSettings } from "./_parts/notebook/settings.ts";
import { Banners } from "./_parts/scenario/banners.tsx";
import { Dialog, type ScenarioDialog } from "./_parts/scenario/dialogs.tsx";
import { Changes, Resolved } from "./_parts/scenario/changes.tsx";
import { Findings, Here } from "./_parts/scenario/findings.tsx";
import { FormView } from "./_parts/scenario/form.tsx";
import { entries, Head, runIt, save } from "./_parts/scenario/head.tsx";
import { ScenarioSession, type ScenarioStart, type ScenarioTab, TABS } from "./_parts/scenario/session.ts";
import { PlainText, TextView } from "./_parts/scenario/text_view.tsx";
import { type Command, registerCommands, registerKeyHints } from "./_parts/shell/commands.ts";
import { isPressed } from "./_parts/shell/keys.ts";

/** What the page is told. */
export interface ScenarioPageProps {
  readonly start: ScenarioStart;
}

/** The page. */
export default function ScenarioPage({ start }: ScenarioPageProps): VNode {
  const session = useSignal<ScenarioSession | null>(null);
  const dialog = useSignal<ScenarioDialog | null>(null);
  const actions = useActions();
  useEffect(() => open(start, session, actions, (asked) => dialog.value = asked), []);
  const opened = session.value;
  return (
    <div class="scenario" data-live={opened !== null} data-state={opened?.save.value.type}>
      <Head start={start} session={opened} actions={actions} onDialog={(asked) => dialog.value = asked} />
      {opened !== null && <ConnectionNote />}
      {actions.trouble !== null && (
        <TroubleBox title="It did not work" trouble={actions.trouble} onDismiss={actions.dismiss} />
      )}
      {opened !== null && <Banners session={opened} />}
      <div class="scenario-body">
        <div class="scenario-main">
          {opened === null
            ? (
              <div class="editor scenario-editor">
                <PlainText text={start.text} />
              </div>
            )
            : <Views session={opened} />}
        </div>
        <aside class="scenario-aside" aria-label="Findings and help">
          <Findings look={opened?.look.value ?? start} session={opened} />
          {opened !== null && <Here session={opened} />}
        </aside>
      </div>
      {opened !== null && dialog.value !== null && (
        <Dialog
          dialog={dialog.value}
          session={opened}
          onClose={() => dialog.value = null}
        />
      )}
    </div>
  );
}

/** Brings the page to life. @returns ends it */
function open(
  start: ScenarioStart,
  session: { value: ScenarioSession | null },
  actions: Actions,
  onDialog: (dialog: ScenarioDialog) => void,
): () => void {
  const opened = new ScenarioSession(start);
  const onKeyDown = (event: KeyboardEvent) => {
    const command = commands.find(({ keys }) => keys !== undefined && isPressed(event, keys));
    if (command === undefined || event.defaultPrevented) return;
    event.preventDefault();
    command.run();
  };
  const commands: readonly Command[] = [
    ...(opened.mayEdit
      ? [{ id: "scenario-save", title: "Save the scenario", keys: "Mod-s", run: () => void save(opened, actions) }]
      : []),
    ...(start.may.run
      ? [{ id: "scenario-run", title: "Run the scenario", keys: "Mod-Enter", run: () => void runIt(opened, actions) }]
      : []),
    ...TABS.map((tab) => ({
      id: `scenario-${tab}`,
      title: `Show ${NAMES[tab].toLowerCase()}`,
      run: () => opened.show(tab),
    })),
    ...entries(opened, onDialog).filter((entry) => entry !== null)
      .map(({ name, run }) => ({ id: `scenario-${name}`, title: name, run })),
  ].map((command) => ({ ...command, group: "Scenario" }));
  // Before the editor: what these keys do is the page's.
  addEventListener("keydown", onKeyDown, true);
  const stops = [
    loadSettings(localStorage),
    registerCommands(commands),
    registerKeyHints(KEYS.map(([keys, title]) => ({ keys, title, group: "Scenario" }))),
    opened.open(),
  ];
  session.value = opened;
  return () => {
    removeEventListener("keydown", onKeyDown, true);
    stops.forEach((stop) => stop());
  };
}

const KEYS = [
  ["Ctrl-Space", "Complete"],
  ["F8", "Next finding"],
  ["Shift-F8", "Finding before"],
  ["Mod-f", "Search in the text"],
] as const;

const NAMES: { readonly [tab in ScenarioTab]: string } = {
  text: "Text",
  form: "Form",
  resolved: "Resolved",
  changes: "Changes",
};

/** The ways in which it is shown. */
function Views({ session }: { readonly session: ScenarioSession }): VNode {
  const tab = session.tab.value;
  const isChanged = session.text.value !== session.saved.value;
  return (
    <>
      <div
        class="tabs scenario-tabs"
        role="tablist"
        aria-label="Shown as"
        onKeyDown={(event) => moveIn(event, session)}
      >
        {TABS.map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            class="quiet"
            id={`tab-${each}`}
            aria-selected={tab === each}
            aria-controls="scenario-view"
            tabIndex={tab === each ? 0 : -1}
            onClick={() => session.show(each)}
          >
            {NAMES[each]}
            {each === "changes" && isChanged && <span class="tab-mark">not saved</span>}
          </button>
        ))}
      </div>
      <div id="scenario-view" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {tab === "text"
          ? <TextView session={session} />
          : tab === "resolved"
          ? <Resolved session={session} />
          : tab === "form"
          ? <FormView session={session} />
          : <Changes session={session} />}
      </div>
    </>
  );
}

/** Arrows go from tab to tab. */
function moveIn(event: TargetedKeyboardEvent<HTMLElement>, session: ScenarioSession): void {
  const at = TABS.indexOf(session.tab.peek());
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  session.show(TABS[(to + TABS.length) % TABS.length]!);
  event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")[TABS.indexOf(session.tab.peek())]!.focus();
}
