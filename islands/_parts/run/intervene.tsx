/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A form to intervene in a run: what a scenario's `interventions:` can do, without a time or from a turn on. */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { useActions } from "../actions.tsx";
import { api, ApiError } from "../api.ts";
import { Field, Form, type FormProps, valueOf } from "./form.tsx";
import type { RunSubject } from "./subject.ts";

/** What can be done, each with what its first and its second field hold; null: it has no second one. */
const EFFECTS = {
  set: ["Set a variable", "Variable", "New value"],
  add: ["Add to a variable", "Variable", "What is added"],
  multiply: ["Multiply a variable", "Variable", "Factor"],
  message: ["Send a message", "To", "Message"],
  pause_agent: ["Pause an agent", "Agent", null],
  resume_agent: ["Let a paused agent act again", "Agent", null],
  remove_agent: ["Have an agent leave", "Agent", null],
  other: ["Something else, as JSON", "Effects", null],
} as const;

type Effect = keyof typeof EFFECTS;

/** What the first field may look like. */
const EXAMPLES: { readonly [effect in Effect]?: string } = {
  set: "global.name or agents.NAME.name",
  add: "global.name or agents.NAME.name",
  multiply: "global.name or agents.NAME.name",
  message: "an agent, or * for all",
  other: '{"set": {"global.name": 1}, "note": "why"}',
};

/** The form. */
export function Intervene({ path, subject, onDone }: FormProps & { readonly subject: RunSubject }): VNode {
  const actions = useActions();
  const [effect, setEffect] = useState<Effect>("set");
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const [turn, setTurn] = useState("");
  const [, firstLabel, secondLabel] = EFFECTS[effect];
  const send = async () => {
    const work = () => {
      const body = { ...effectsOf(effect, first, second), ...(turn !== "" && { turn: Number(turn) }) };
      return api(`${path}/interventions`, { body });
    };
    if (await actions.act("Intervene", async () => await work())) {
      setSecond("");
      await onDone();
    }
  };
  return (
    <Form label="Intervene" name="Intervene" actions={actions} onSend={() => void send()}>
      <label>
        What
        <select value={effect} onChange={(event) => setEffect(event.currentTarget.value as Effect)}>
          {Object.entries(EFFECTS).map(([name, [words]]) => <option key={name} value={name}>{words}</option>)}
        </select>
      </label>
      <Field
        label={firstLabel}
        value={first}
        set={setFirst}
        offered={offeredFor(effect, subject)}
        example={EXAMPLES[effect]}
      />
      {secondLabel === null ? null : <Field label={secondLabel} value={second} set={setSecond} />}
      <label>
        Turn; empty: the next
        <input type="number" min={1} value={turn} onInput={(event) => setTurn(event.currentTarget.value)} />
      </label>
    </Form>
  );
}

function effectsOf(effect: Effect, first: string, second: string): { readonly [effect: string]: unknown } {
  switch (effect) {
    case "set":
    case "add":
    case "multiply":
      return { [effect]: { [first]: valueOf(second) } };
    case "message":
      return { message: { to: first, content: second } };
    case "other":
      return readEffects(first);
    default:
      return { [effect]: first };
  }
}

/** @throws {ApiError} `bad_effects` */
function readEffects(text: string): { readonly [effect: string]: unknown } {
  const value = valueOf(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new ApiError(0, "bad_effects", "this is no record in JSON", 'write {"set": {"global.name": 1}, "note": "why"}');
}

/** Variables where one is meant, agents where one is. */
function offeredFor(effect: Effect, { agents, variables }: RunSubject): readonly string[] {
  if (effect === "other") return [];
  if (effect === "message") return ["*", ...agents];
  if (effect !== "set" && effect !== "add" && effect !== "multiply") return agents;
  return [
    ...variables.global.map((name) => `global.${name}`),
    ...variables.agent.flatMap((name) => agents.slice(0, MOST_BY_VARIABLE).map((agent) => `agents.${agent}.${name}`)),
  ];
}

/** Agents whose variables are offered one by one. */
const MOST_BY_VARIABLE = 20;
