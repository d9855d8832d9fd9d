/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What has reached a run from outside, and forms to intervene, to decide for an agent, and to hand one over. */

import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import "@preact/signals";
import { type Trouble, TroubleBox, useActions, useMounted } from "../actions.tsx";
import { api } from "../api.ts";
import { count, json, moment } from "../number_format.tsx";
import { isEnded } from "../run_follower.ts";
import { Waiting } from "./decide.tsx";
import { Field, Form, type FormProps } from "./form.tsx";
import { Intervene } from "./intervene.tsx";
import type { RunPageState } from "./page_state.ts";
import type { May, RunSubject } from "./subject.ts";

interface Input {
  readonly seq: number;
  readonly kind: string;
  readonly turn: number;
  readonly agent?: string;
  readonly body: unknown;
  readonly at: string;
}

/** What it is told. */
export interface InputsProps {
  readonly state: RunPageState;
  readonly subject: RunSubject;
  readonly may: May;
}

/** Interventions, decisions, handovers. */
export function Inputs({ state, subject, may }: InputsProps): VNode {
  const isMounted = useMounted();
  const [inputs, setInputs] = useState<readonly Input[] | Trouble | null>(null);
  const path = `/api/simulations/${encodeURIComponent(state.runId)}`;
  const { status, waiting } = state.run.value;
  const read = async () => {
    try {
      const next = await api<readonly Input[]>(`${path}/interventions`);
      setInputs(next);
      const came = next.flatMap(({ kind, turn }) => kind === "intervention" ? [turn] : []);
      state.interventions.value = [...new Set([...subject.interventions, ...came])].sort((a, b) => a - b);
    } catch (error) {
      const trouble = state.failed(error);
      // What is known stays.
      setInputs((before) => before !== null && !("message" in before) ? before : trouble);
    }
  };
  useEffect(() => void read(), [state, status, waiting.length]);
  return (
    <div class="run-inputs">
      {may.run && !isEnded(status)
        ? (
          <>
            <Waiting {...{ state, path }} onDone={read} />
            <Intervene {...{ path, subject }} onDone={read} />
            <HandOver {...{ path }} agents={subject.agents} onDone={read} />
          </>
        )
        : null}
      {may.run && isEnded(status) && status !== "removed"
        ? <p class="muted">A run that has ended takes no more interventions: fork it to try another course.</p>
        : null}
      <h2>What has reached it</h2>
      <Reached {...{ state, inputs, isMounted }} />
    </div>
  );
}

function HandOver({ path, agents, onDone }: FormProps & { readonly agents: readonly string[] }): VNode {
  const actions = useActions();
  const [agent, setAgent] = useState("");
  const [controller, setController] = useState("human");
  const send = async () => {
    const work = () => api(`${path}/controllers/${encodeURIComponent(agent)}`, { method: "PUT", body: { controller } });
    if (await actions.act("Hand over", work)) await onDone();
  };
  return (
    <Form label="Hand over" name="Hand an agent over" actions={actions} onSend={() => void send()}>
      <Field label="Agent" value={agent} set={setAgent} offered={agents} />
      <label>
        Decided by
        <select value={controller} onChange={(event) => setController(event.currentTarget.value)}>
          <option value="human">a person</option>
          <option value="rule">its rule</option>
        </select>
      </label>
    </Form>
  );
}

/** What has reached it so far, the newest last. */
function Reached({ state, inputs, isMounted }: {
  readonly state: RunPageState;
  readonly inputs: readonly Input[] | Trouble | null;
  readonly isMounted: boolean;
}): VNode {
  if (inputs === null) {
    return <p class="empty">{isMounted ? "Reading what has reached it…" : "This is shown with JavaScript."}</p>;
  }
  if ("message" in inputs) return <TroubleBox trouble={inputs} />;
  if (inputs.length === 0) return <p class="empty">Nothing has reached this run from outside.</p>;
  return (
    <ul class="plain-list input-list">
      {inputs.map(({ seq, kind, turn, agent, body, at }) => (
        <li key={seq}>
          <button type="button" class="quiet" onClick={() => state.goTo(turn)}>turn {count(turn)}</button>{" "}
          <strong>{kind}</strong> {agent} <code>{json(body)}</code> <span class="muted">{moment(at)}</span>
        </li>
      ))}
    </ul>
  );
}
