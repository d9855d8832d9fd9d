/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Asks what is to be otherwise in a fork of a conversation, or who judges it anew. */

import type { TargetedSubmitEvent, VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { TroubleBox, useActions } from "../actions.tsx";
import { conversations, runs } from "../api.ts";
import type { ConversationRun } from "../types.ts";
import { Choice } from "./choice.tsx";
import { agentOf, AGENTS, JUDGES } from "./form.ts";
import { conversationUrl } from "./line.ts";

/** What is asked about: a fork after a turn, or another judge. */
export type Branch = { readonly type: "fork"; readonly turn: number } | { readonly type: "judge" };

/** What the dialog is told. */
export interface BranchDialogProps {
  readonly branch: Branch;
  readonly run: ConversationRun;
  readonly onClose: () => void;
}

/** The fields; empty: as it was. */
const EMPTY = { goal: "", agent: "", url: "", judge: "", provider: "", model: "", turns: "", isHeld: true };
type Fields = typeof EMPTY;

/** The dialog. */
export function BranchDialog({ branch, run, onClose }: BranchDialogProps): VNode {
  const box = useRef<HTMLDialogElement>(null);
  const actions = useActions();
  const [fields, setFields] = useState<Fields>(EMPTY);
  const put = (name: keyof Fields) => (value: string | boolean) => setFields((now) => ({ ...now, [name]: value }));
  useEffect(() => box.current!.showModal(), []);
  const isFork = branch.type === "fork";
  const go = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    await actions.act(isFork ? "Fork" : "Judge anew", async () => {
      const { run_id } = isFork
        ? await runs.fork(run.run_id, branch.turn, { set: forkSettings(fields), hold: fields.isHeld })
        : await conversations.rejudge(run.run_id, rejudgeRequest(fields));
      location.assign(conversationUrl(run_id));
    });
  };
  return (
    <dialog class="branch-dialog" ref={box} onClose={onClose} aria-labelledby="branch-title">
      <form onSubmit={(event) => void go(event)}>
        <h2 id="branch-title">{isFork ? `Fork after turn ${branch.turn}` : "Judge anew"}</h2>
        <p class="quiet">
          {isFork
            ? "A conversation of its own that shares the turns up to there, and plays on from them."
            : "All turns are judged once more, in a conversation of its own. Nobody speaks anew, and nothing that was answered is paid twice."}
        </p>
        <div class="start-fields">
          {isFork ? <ForkFields {...{ fields, put, run }} /> : null}
          <Choice
            label="Judge"
            name="judge"
            value={fields.judge}
            first={`as it was: ${run.config.judge.kind}`}
            options={JUDGES}
            onChange={put("judge")}
          />
          {fields.judge === "llm"
            ? (
              <>
                <Line label="Provider" value={fields.provider} onInput={put("provider")} hint="as configured" />
                <Line label="Model" value={fields.model} onInput={put("model")} hint="as configured" />
              </>
            )
            : null}
        </div>
        {actions.trouble ? <TroubleBox trouble={actions.trouble} onDismiss={actions.dismiss} /> : null}
        <div class="buttons">
          <button type="submit" class="first" disabled={actions.busy !== null}>{isFork ? "Fork" : "Judge anew"}</button>
          <button type="button" onClick={() => box.current!.close()}>Cancel</button>
        </div>
      </form>
    </dialog>
  );
}

function ForkFields({ fields, put, run }: {
  readonly fields: Fields;
  readonly put: (name: keyof Fields) => (value: string | boolean) => void;
  readonly run: ConversationRun;
}): VNode {
  const { agent, max_turns, improvement_goal } = run.config;
  return (
    <>
      <Choice
        label="Agent under test"
        name="agent"
        value={fields.agent}
        first={`as it was: ${agent.adapter}`}
        options={AGENTS}
        onChange={put("agent")}
      />
      {fields.agent === "http"
        ? (
          <Line
            label="Address of the service"
            value={fields.url}
            onInput={put("url")}
            hint="http://127.0.0.1:8080/chat"
          />
        )
        : null}
      <Line label="Turns at most" value={fields.turns} onInput={put("turns")} hint={String(max_turns)} isNumber />
      <Line label="Goal of the user" value={fields.goal} onInput={put("goal")} hint={improvement_goal ?? "as it was"} />
      <label class="check">
        <input
          type="checkbox"
          checked={fields.isHeld}
          onChange={({ currentTarget }) => put("isHeld")(currentTarget.checked)}
        />
        turn by turn
      </label>
    </>
  );
}

function Line({ label, value, hint, onInput, isNumber = false }: {
  readonly label: string;
  readonly value: string;
  readonly hint: string;
  readonly onInput: (value: string) => void;
  readonly isNumber?: boolean;
}): VNode {
  return (
    <label>
      {label}
      <input
        inputMode={isNumber ? "numeric" : "text"}
        pattern={isNumber ? "[0-9]*" : undefined}
        maxLength={8000}
        value={value}
        placeholder={hint}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </label>
  );
}

function forkSettings({ goal, agent, url, judge, turns, provider, model }: Fields): { [path: string]: unknown } {
  return {
    ...(agent !== "" && { "conversation.agent": agentOf(agent, url) }),
    ...(judge !== "" && { "conversation.judge": judgeOf({ judge, provider, model }) }),
    ...(goal !== "" && { "conversation.user.goal": goal }),
    ...(turns !== "" && { "conversation.max_turns": Number(turns) }),
  };
}

function rejudgeRequest({ judge, provider, model }: Fields): { readonly [key: string]: unknown } {
  return judge === "" ? {} : { judge: judgeOf({ judge, provider, model }) };
}

function judgeOf({ judge, provider, model }: Pick<Fields, "judge" | "provider" | "model">): {
  readonly [key: string]: string;
} {
  const isModel = judge === "llm";
  return {
    kind: judge,
    ...(isModel && provider !== "" && { provider }),
    ...(isModel && model !== "" && { model }),
  };
}
