/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What has reached a run from outside, and forms to intervene, to decide for an agent, and to hand one over. */

import type { ComponentChildren, VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import "@preact/signals";
import { type Actions, TroubleBox, useActions, useMounted } from "../actions.tsx";
import { api, ApiError } from "../api.ts";
import { count, json, moment } from "../number_format.tsx";
import { isEnded } from "../run_follower.ts";
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
  const [inputs, setInputs] = useState<readonly Input[] | null>(null);
  const path = `/api/simulations/${encodeURIComponent(state.runId)}`;
  const { status, waiting } = state.run.value;
  const read = async () => {
    try {
      setInputs(await api<readonly Input[]>(`${path}/interventions`));
    } catch (error) {
      state.failed(error);
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
            <HandOver {...{ path }} onDone={read} />
          </>
        )
        : <p class="muted">A run that has ended takes no more interventions: fork it to try another course.</p>}
      <h2>What has reached it</h2>
      {inputs === null || inputs.length === 0
        ? <p class="empty">Nothing has reached this run from outside.</p>
        : (
          <ul class="plain-list input-list">
            {inputs.map(({ seq, kind, turn, agent, body, at }) => (
              <li key={seq}>
                <button type="button" class="quiet" onClick={() => state.goTo(turn)}>turn {count(turn)}</button>{" "}
                <strong>{kind}</strong> {agent} <code>{json(body)}</code> <span class="muted">{moment(at)}</span>
              </li>
            ))}
          </ul>
        )}
    </div>
  );
}

interface FormProps {
  readonly path: string;
  readonly onDone: () => Promise<void>;
}

/** A form that says at its fields what the server finds wrong. */
function Form({ label, name, actions, onSend, children }: {
  readonly label: string;
  readonly name: string;
  readonly actions: Actions;
  readonly onSend: () => void;
  readonly children: ComponentChildren;
}): VNode {
  const isMounted = useMounted();
  return (
    <form
      class="box run-form"
      aria-label={name}
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      <h3>{name}</h3>
      <fieldset disabled={!isMounted || actions.busy !== null}>{children}</fieldset>
      {actions.trouble ? <TroubleBox trouble={actions.trouble} onDismiss={actions.dismiss} /> : null}
      <button type="submit" disabled={!isMounted || actions.busy !== null}>{label}</button>
    </form>
  );
}

/** A value as somebody writes it: JSON where it is that, else a text. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function Field({ label, value, set, list }: {
  readonly label: string;
  readonly value: string;
  readonly set: (text: string) => void;
  readonly list?: string;
}): VNode {
  return (
    <label>
      {label}
      <input type="text" required value={value} list={list} onInput={(event) => set(event.currentTarget.value)} />
    </label>
  );
}

const EFFECTS = [["set", "Set a variable"], ["message", "Send a message"], ["pause_agent", "Pause an agent"]] as const;

function Intervene({ path, subject, onDone }: FormProps & { readonly subject: RunSubject }): VNode {
  const actions = useActions();
  const [effect, setEffect] = useState<string>("set");
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const body = () =>
    effect === "set"
      ? { set: { [first]: valueOf(second) } }
      : effect === "message"
      ? { message: { to: first, content: second } }
      : { pause_agent: { name: first, ...(second !== "" && { turns: Number(second) }) } };
  const send = async () => {
    if (await actions.act("Intervene", () => api(`${path}/interventions`, { body: body() }))) {
      setSecond("");
      await onDone();
    }
  };
  return (
    <Form label="Intervene" name="Intervene" actions={actions} onSend={() => void send()}>
      <label>
        What
        <select value={effect} onChange={(event) => setEffect(event.currentTarget.value)}>
          {EFFECTS.map(([name, words]) => <option key={name} value={name}>{words}</option>)}
        </select>
      </label>
      <Field
        label={effect === "set"
          ? "Variable: global.name or agents.NAME.variable"
          : effect === "message"
          ? "To: an agent, or *"
          : "Agent"}
        value={first}
        set={setFirst}
        {...(effect === "set" && { list: "run-variables" })}
      />
      <datalist id="run-variables">
        {subject.variables.global.map((name) => <option key={name} value={`global.${name}`} />)}
      </datalist>
      {effect === "pause_agent"
        ? (
          <label>
            Turns; empty: until it is resumed
            <input type="number" min={1} value={second} onInput={(event) => setSecond(event.currentTarget.value)} />
          </label>
        )
        : <Field label={effect === "set" ? "New value" : "Message"} value={second} set={setSecond} />}
    </Form>
  );
}

function HandOver({ path, onDone }: FormProps): VNode {
  const actions = useActions();
  const [agent, setAgent] = useState("");
  const [controller, setController] = useState("human");
  const send = async () => {
    const work = () => api(`${path}/controllers/${encodeURIComponent(agent)}`, { method: "PUT", body: { controller } });
    if (await actions.act("Hand over", work)) await onDone();
  };
  return (
    <Form label="Hand over" name="Hand an agent over" actions={actions} onSend={() => void send()}>
      <Field label="Agent" value={agent} set={setAgent} />
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

interface Question {
  readonly agent: string;
  readonly turn: number;
  readonly observation: unknown;
}

/** Decisions that the run waits for, each with what its agent sees. */
function Waiting({ state, path, onDone }: FormProps & { readonly state: RunPageState }): VNode | null {
  const [questions, setQuestions] = useState<readonly Question[]>([]);
  const names = state.run.value.waiting.join("\n");
  useEffect(() => {
    let isOver = false;
    api<{ readonly waiting: readonly Question[] }>(path).then(({ waiting }) => {
      if (!isOver) setQuestions(waiting);
    }, (error) => void state.failed(error));
    return () => void (isOver = true);
  }, [path, names, state.run.value.turn, state.run.value.status]);
  if (questions.length === 0) return null;
  return (
    <>
      {questions.map((question) => (
        <Decide key={`${question.agent} ${question.turn}`} {...{ path, question }} onDone={onDone} />
      ))}
    </>
  );
}

function Decide({ path, question, onDone }: FormProps & { readonly question: Question }): VNode {
  const { agent, turn, observation } = question;
  const actions = useActions();
  const [action, setAction] = useState('{"action": ""}');
  const send = async () => {
    const work = async () => {
      let decision: unknown;
      try {
        decision = action.trim() === "" ? null : JSON.parse(action);
      } catch {
        throw new ApiError(0, "bad_action", "this is no JSON", 'write {"action": "…", "parameters": {…}}, or nothing');
      }
      await api(`${path}/decisions`, { body: { agent, turn, action: decision } });
    };
    if (await actions.act("Decide", work)) await onDone();
  };
  return (
    <Form label="Decide" name={`Decide for ${agent} in turn ${turn}`} actions={actions} onSend={() => void send()}>
      <details open>
        <summary>What {agent} sees</summary>
        <pre class="scroll-box" tabIndex={0}>{json(observation, 2)}</pre>
      </details>
      <label>
        Action as JSON; empty: none
        <textarea
          rows={3}
          spellcheck={false}
          value={action}
          onInput={(event) => setAction(event.currentTarget.value)}
        />
      </label>
    </Form>
  );
}
