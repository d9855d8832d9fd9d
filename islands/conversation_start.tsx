/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The form that starts a conversation, with its price before anything is paid. Without scripts it is a plain form. */

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useMounted } from "./_parts/actions.tsx";
import { ApiError, conversations } from "./_parts/api.ts";
import { Choice } from "./_parts/conversation/choice.tsx";
import { AGENTS, type ConversationForm, JUDGES, requestOf, USERS } from "./_parts/conversation/form.ts";
import { Quote } from "./_parts/conversation/quote.tsx";
import type { ConversationQuote } from "./_parts/types.ts";

/** What it is told. */
export interface ConversationStartProps {
  readonly form: ConversationForm;
  /** `conversation/plan_refine_offline.yaml`. */
  readonly scenarios: readonly string[];
  readonly plans: readonly string[];
  /** What is known of it already. */
  readonly quote: ConversationQuote | null;
}

/** Milliseconds after a change before it is asked what it means. */
const PAUSE = 300;

/** The form. */
export default function ConversationStart(
  { form: first, scenarios, plans, quote: known }: ConversationStartProps,
): VNode {
  const isMounted = useMounted();
  const [form, setForm] = useState(first);
  const [isSent, setSent] = useState(false);
  const { quote, problem, isAsking } = useQuote(form, known);
  const put = (name: keyof ConversationForm) => (value: string) => setForm((now) => ({ ...now, [name]: value }));
  const text = (name: keyof ConversationForm) => ({
    name,
    value: form[name],
    onInput: (event: { readonly currentTarget: { readonly value: string } }) => put(name)(event.currentTarget.value),
  });
  const check = (name: "step" | "offline") => ({
    name,
    checked: form[name] !== "",
    onChange: (event: { readonly currentTarget: { readonly checked: boolean } }) =>
      put(name)(event.currentTarget.checked ? "on" : ""),
  });
  // A page that is come back to is not one whose form is still on its way.
  useEffect(() => {
    const onShow = () => setSent(false);
    addEventListener("pageshow", onShow);
    setForm((now) => ({ ...now, key: `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}` }));
    return () => removeEventListener("pageshow", onShow);
  }, []);
  const userKind = form.user || (quote?.user.kind ?? "");
  const mayBePersona = userKind === "llm" || userKind === "";
  return (
    <form class="conversation-start" method="post" action="/conversations" onSubmit={() => setSent(true)}>
      <input type="hidden" name="key" value={form.key} />
      <div class="start-fields">
        <label class="wide">
          Scenario
          <select
            name="scenario"
            onChange={({ currentTarget: { value } }) => setForm((now) => ({ ...now, scenario: value, case: "" }))}
          >
            {scenarios.map((each) => (
              <option key={each} value={each} selected={form.scenario === each}>{each.replace(/\.yaml$/, "")}</option>
            ))}
          </select>
        </label>
        {isMounted && quote !== null
          ? quote.cases.length === 0 ? null : (
            <Choice
              label="Case"
              name="case"
              value={form.case}
              first={quote.case === null || form.case !== "" ? "the first one" : `the first one: ${quote.case}`}
              options={quote.cases.map((each) => [each, each])}
              onChange={put("case")}
            />
          )
          : (
            <label>
              Case
              <input {...text("case")} maxLength={100} placeholder="the first one" />
            </label>
          )}
        <Choice
          label="Plan"
          name="plan"
          value={form.plan}
          first="the scenario's"
          options={plans.map((each) => [each, each])}
          onChange={put("plan")}
        />
        <Choice
          label="User"
          name="user"
          value={form.user}
          first={firstOf(quote?.user.kind, form.user)}
          options={USERS}
          onChange={put("user")}
        />
        <Choice
          label="Agent under test"
          name="agent"
          value={form.agent}
          first={firstOf(quote?.agent.adapter, form.agent)}
          options={AGENTS}
          onChange={put("agent")}
        />
        {form.agent === "http" || !isMounted
          ? (
            <label class="wide">
              Address of the service
              <input {...text("url")} type="url" maxLength={2000} placeholder="http://127.0.0.1:8080/chat" />
            </label>
          )
          : null}
        <Choice
          label="Judge"
          name="judge"
          value={form.judge}
          first={firstOf(quote?.judge.kind, form.judge)}
          options={JUDGES}
          onChange={put("judge")}
        />
        <label class="whole">
          Goal of the user
          <input {...text("goal")} maxLength={8000} placeholder={quote?.goal ?? "the scenario's"} />
        </label>
        {mayBePersona
          ? (
            <label class="whole">
              Persona, where a model speaks for the user
              <textarea
                {...text("persona")}
                rows={2}
                maxLength={8000}
                placeholder={quote?.user.persona ?? "the scenario's"}
              />
            </label>
          )
          : null}
        <label>
          Turns at most
          <input
            {...text("turns")}
            class="number"
            type="number"
            min={1}
            max={quote?.most_turns ?? 1000}
            placeholder={quote === null ? "scenario's" : String(quote.max_turns)}
          />
        </label>
        <label>
          Seed
          <input {...text("seed")} class="number" type="number" min={0} placeholder="scenario's" />
        </label>
        <label class="check">
          <input type="checkbox" {...check("step")} />
          turn by turn
        </label>
        <label class="check">
          <input type="checkbox" {...check("offline")} />
          offline, no model is paid
        </label>
      </div>
      <div class="start-quote" aria-live="polite" aria-busy={isAsking}>
        {problem !== null
          ? (
            <div class="problem">
              <strong>{problem.message}</strong>
              {problem.hint === undefined ? null : <p class="quiet">{problem.hint}</p>}
            </div>
          )
          : quote === null
          ? <p class="quiet">{isMounted ? "Asking what it would take …" : "What it would take is told on request."}</p>
          : <Quote quote={quote} />}
      </div>
      <div class="buttons">
        <button class="first" type="submit" disabled={isSent || problem !== null}>Start</button>
        <button class="only-without-script" type="submit" name="verb" value="quote">Show the price</button>
      </div>
    </form>
  );
}

function firstOf(kind: string | undefined, chosen: string): string {
  return kind === undefined || chosen !== "" ? "the scenario's" : `the scenario's: ${kind}`;
}

/** Asks what the form would start, a while after it was changed last. */
function useQuote(form: ConversationForm, known: ConversationQuote | null) {
  const [quote, setQuote] = useState(known);
  const [problem, setProblem] = useState<{ readonly message: string; readonly hint?: string | undefined } | null>(null);
  const [isAsking, setAsking] = useState(false);
  const last = useRef<AbortController | null>(null);
  const { key: _key, step: _step, ...rest } = form;
  const asked = JSON.stringify(rest);
  useEffect(() => {
    if (form.scenario === "") return;
    last.current?.abort();
    const stop = last.current = new AbortController();
    const timer = setTimeout(async () => {
      setAsking(true);
      try {
        const found = await conversations.quote(requestOf(form), stop.signal);
        if (stop.signal.aborted) return;
        setQuote(found);
        setProblem(null);
      } catch (error) {
        if (stop.signal.aborted) return;
        // That nobody answers is no fault of the form: it may be sent.
        const { code, message, hint } = error as ApiError;
        setProblem(code === "offline" ? null : { message, hint });
      } finally {
        if (!stop.signal.aborted) setAsking(false);
      }
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [asked]);
  return { quote, problem, isAsking };
}
