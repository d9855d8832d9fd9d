/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The page of a run: its head, its turns, and tabs with all that there is of it at the turn that is looked at. */

import { computed, signal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { type Actions, ConnectionNote, useActions, useMounted } from "./_parts/actions.tsx";
import { announce } from "./_parts/announce.ts";
import { api, ApiError, send } from "./_parts/api.ts";
import { ConversationView } from "./_parts/conversation_view.tsx";
import { isEnded, RunFollower } from "./_parts/run_follower.ts";
import { Agents } from "./_parts/run/agents.tsx";
import { Calls } from "./_parts/run/calls.tsx";
import { Charts } from "./_parts/run/charts.tsx";
import { Events } from "./_parts/run/events.tsx";
import { Files } from "./_parts/run/files.tsx";
import { Header } from "./_parts/run/header.tsx";
import { Inputs } from "./_parts/run/inputs.tsx";
import { Logs } from "./_parts/run/logs.tsx";
import { SpaceMap } from "./_parts/run/map.tsx";
import { BROWSER, openRunPage, type RunPageState } from "./_parts/run/page_state.ts";
import type { May, RunSubject } from "./_parts/run/subject.ts";
import { Timeline } from "./_parts/run/timeline.tsx";

/** What it is told. */
export interface RunPageProps {
  readonly subject: RunSubject;
  readonly may: May;
  /** Of the address. */
  readonly query: string;
}

/** What a tab is told. */
export interface TabProps {
  readonly state: RunPageState;
  readonly subject: RunSubject;
  readonly may: May;
}

interface Tab {
  /** In the address. */
  readonly id: string;
  readonly name: string;
  readonly Part: (props: TabProps) => VNode | null;
}

/** The tabs that there are, in their order. */
const TABS: readonly Tab[] = [
  { id: "charts", name: "Charts", Part: Charts },
  { id: "agents", name: "Agents", Part: Agents },
  { id: "map", name: "Map", Part: SpaceMap },
  { id: "events", name: "Events", Part: Events },
  { id: "calls", name: "LLM calls", Part: Calls },
  { id: "inputs", name: "Interventions", Part: Inputs },
  { id: "logs", name: "Logs", Part: Logs },
  { id: "files", name: "Files", Part: Files },
];

/** Those that a conversation has not: its own view tells of its turns, and steers it. */
const NOT_OF_CONVERSATIONS = ["charts", "agents", "map", "inputs"];
const OF_CONVERSATIONS: readonly Tab[] = [
  { id: "conversation", name: "Conversation", Part: Conversation },
  ...TABS.filter(({ id }) => !NOT_OF_CONVERSATIONS.includes(id)),
];

function tabsOf({ conversation }: RunSubject): readonly Tab[] {
  return conversation === null ? TABS : OF_CONVERSATIONS;
}

/** The page. */
export default function RunPage({ subject, may, query }: RunPageProps): VNode {
  const { state, follower } = useMemo(() => opened(subject, query), []);
  const actions = useKindActions(follower, subject);
  const isOver = isEnded(state.run.value.status);
  useEffect(() => {
    if (isOver) return;
    follower.start();
    return () => follower.stop();
  }, [follower, isOver]);
  useEffect(() => whenLookedAt(() => void stillThere(state)), [state]);
  return (
    <main class="run-page">
      <Header {...{ state, subject, may, actions }} onSteered={() => follower.again()} />
      {isOver ? null : <ConnectionNote />}
      {subject.conversation === null ? <Timeline state={state} /> : null}
      <Tabs {...{ state, subject, may }} />
    </main>
  );
}

function opened(subject: RunSubject, query: string) {
  const isGone = signal(false);
  const follower = new RunFollower(subject.output, subject.provenance, () => {
    const { status, turn } = follower.state.peek();
    announce(`run ${status} at turn ${turn}`);
  });
  const run = computed(() => isGone.value ? { ...follower.state.value, status: "removed" } : follower.state.value);
  const onGone = () => void (isGone.value = true);
  const { checkpoints, interventions } = subject;
  const state = openRunPage({ run, checkpoints, interventions, query, tab: tabsOf(subject)[0]!.id, onGone }, BROWSER);
  return { state, follower };
}

/** Has the page see, when somebody comes back to it, that its run is there no more. */
async function stillThere(state: RunPageState): Promise<void> {
  const answer = await send(`/api/simulations/${encodeURIComponent(state.runId)}`, { method: "HEAD" }).catch(() =>
    null
  );
  if (answer?.status === 404) state.failed(new ApiError(404, "unknown_run", "the run is there no more"));
}

function whenLookedAt(look: () => void): () => void {
  addEventListener("focus", look);
  return () => removeEventListener("focus", look);
}

/** Who steers what somebody else has steered meanwhile is told what has become of the run, and sees it. */
function useKindActions(follower: RunFollower, { output, provenance }: RunSubject): Actions {
  const actions = useActions();
  const act: Actions["act"] = (name, work) =>
    actions.act(name, async () => {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 409) throw error;
        const now = await api<{ status: string; status_reason: string | null; current_turn: number }>(
          `/api/simulations/${encodeURIComponent(output.run_id)}`,
        );
        const { rows } = follower.state.peek();
        follower.adopt({ ...output, ...now, turn: now.current_turn, rows }, provenance);
        follower.again();
        throw new ApiError(
          409,
          error.code,
          `${name} was not possible: the run is ${now.status} now.`,
          error.hint ?? error.message,
        );
      }
    });
  return { ...actions, act };
}

function Conversation({ subject, may }: TabProps): VNode | null {
  const { conversation, writable, provenance } = subject;
  if (conversation === null) return null;
  const output = { type: "conversation", run: conversation, writable } as const;
  return <ConversationView output={output} provenance={provenance} readonly={!may.run} />;
}

function Tabs({ state, subject, may }: TabProps): VNode {
  const isMounted = useMounted();
  const tabs = tabsOf(subject);
  const tab = tabs.find(({ id }) => id === state.tab.value) ?? tabs[0]!;
  const move = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length]!;
    state.tab.value = next.id;
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  const isAlone = tabs.length === 1;
  return (
    <>
      <div class="tabs" role="tablist" hidden={isAlone} aria-label="What is shown of the run" onKeyDown={move}>
        {tabs.map(({ id, name }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            class="tab"
            disabled={!isMounted}
            aria-selected={id === tab.id}
            aria-controls="run-tab"
            tabIndex={id === tab.id ? 0 : -1}
            onClick={() => void (state.tab.value = id)}
          >
            {name}
          </button>
        ))}
      </div>
      <div id="run-tab" role="tabpanel" aria-labelledby={`tab-${tab.id}`}>
        <tab.Part key={tab.id} {...{ state, subject, may }} />
      </div>
    </>
  );
}
