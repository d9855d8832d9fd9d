/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Decisions that a run waits for, each with what its agent sees, and a form to answer. */

import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import "@preact/signals";
import { useActions } from "../actions.tsx";
import { api, ApiError } from "../api.ts";
import { json } from "../number_format.tsx";
import { Field, Form, type FormProps } from "./form.tsx";
import type { RunPageState } from "./page_state.ts";

interface Question {
  readonly agent: string;
  readonly turn: number;
  readonly observation: unknown;
}

/** All that is waited for. */
export function Waiting({ state, path, onDone }: FormProps & { readonly state: RunPageState }): VNode | null {
  const [questions, setQuestions] = useState<readonly Question[]>([]);
  const { waiting, turn, status } = state.run.value;
  const isAsked = waiting.length > 0 || status !== "running";
  useEffect(() => {
    if (!isAsked) return setQuestions([]);
    let isOver = false;
    api<{ readonly waiting: readonly Question[] }>(path).then(({ waiting }) => {
      if (!isOver) setQuestions(waiting);
    }, (error) => void state.failed(error));
    return () => void (isOver = true);
  }, [path, waiting.join("\n"), isAsked ? turn : null, status]);
  if (questions.length === 0) return null;
  return (
    <>
      {questions.map((question) => (
        <Decide key={`${question.agent} ${question.turn}`} {...{ path, question }} onDone={onDone} />
      ))}
    </>
  );
}

/** What a person may decide. */
const KINDS = { action: "Do something", message: "Say something", nothing: "Do nothing" } as const;

type Kind = keyof typeof KINDS;

function Decide({ path, question, onDone }: FormProps & { readonly question: Question }): VNode {
  const { agent, turn, observation } = question;
  const actions = useActions();
  const [kind, setKind] = useState<Kind>("action");
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const send = async () => {
    const work = async () =>
      await api(`${path}/decisions`, { body: { agent, turn, action: decisionOf(kind, first, second) } });
    if (await actions.act("Decide", work)) await onDone();
  };
  return (
    <Form label="Decide" name={`Decide for ${agent} in turn ${turn}`} actions={actions} onSend={() => void send()}>
      <details open class="run-observation">
        <summary>What {agent} sees</summary>
        <pre class="scroll-box" tabIndex={0}>{json(observation, 2)}</pre>
      </details>
      <label>
        Decision
        <select value={kind} onChange={(event) => setKind(event.currentTarget.value as Kind)}>
          {Object.entries(KINDS).map(([name, words]) => <option key={name} value={name}>{words}</option>)}
        </select>
      </label>
      {kind === "nothing" ? null : <Field label={kind === "action" ? "Action" : "To"} value={first} set={setFirst} />}
      {kind === "message" ? <Field label="Words" value={second} set={setSecond} /> : null}
      {kind === "action"
        ? (
          <label>
            Parameters, as JSON; empty: none
            <input
              type="text"
              spellcheck={false}
              placeholder='{"amount": 1}'
              value={second}
              onInput={(event) => setSecond(event.currentTarget.value)}
            />
          </label>
        )
        : null}
    </Form>
  );
}

/** @throws {ApiError} `bad_decision` */
function decisionOf(kind: Kind, first: string, second: string): unknown {
  if (kind === "nothing") return null;
  if (kind === "message") return { message: { to: first, content: second } };
  if (second.trim() === "") return { action: first };
  try {
    return { action: first, parameters: JSON.parse(second) };
  } catch {
    throw new ApiError(0, "bad_decision", "the parameters are no JSON", 'write {"amount": 1}, or nothing');
  }
}
