/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Asks before something is done to many runs, shows how far it is, and what could not be done. */

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "../announce.ts";
import { api, runs } from "../api.ts";
import { type Trouble, TroubleBox } from "../actions.tsx";
import { count, counted } from "../number_format.tsx";
import { toast, toastError } from "../shell/toasts.ts";
import { refreshTree } from "../shell/tree_store.ts";
import { noticeWork } from "../shell/work_store.ts";
import { type BulkOutcome, type BulkPlan, type BulkVerb, doToAll, labelsBack, planOf } from "./bulk.ts";
import { NONE } from "./selection.ts";
import type { RunsStore } from "./store.ts";
import type { RunRow } from "./view.ts";

/** What the dialog is told. */
export interface BulkDialogProps {
  readonly store: RunsStore;
  readonly verb: BulkVerb;
  readonly onClose: () => void;
}

const WORDS: { readonly [verb in BulkVerb]: { readonly ask: string; readonly go: string; readonly done: string } } = {
  cancel: { ask: "Cancel", go: "Cancel them", done: "cancelled" },
  delete: { ask: "Delete", go: "Delete for good", done: "deleted" },
  label: { ask: "Label", go: "Set label", done: "labelled" },
};

/** Failures that are told one by one. */
const MOST_TOLD = 20;

/** How it stands. */
type Stage =
  | { readonly type: "reading" }
  | { readonly type: "asking"; readonly plan: BulkPlan }
  | { readonly type: "doing"; readonly plan: BulkPlan; readonly done: number }
  | { readonly type: "failed"; readonly outcome: BulkOutcome }
  | { readonly type: "trouble"; readonly trouble: Trouble };

/** The dialog. */
export function BulkDialog({ store, verb, onClose }: BulkDialogProps): VNode {
  const box = useRef<HTMLDialogElement>(null);
  const stop = useRef(new AbortController());
  const [stage, setStage] = useState<Stage>({ type: "reading" });
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  const [takeAway, setTakeAway] = useState(false);
  const words = WORDS[verb];

  useEffect(() => {
    box.current!.showModal();
    store.chosenRows().then(
      (rows) => setStage({ type: "asking", plan: planOf(verb, rows) }),
      (error) => setStage({ type: "trouble", trouble: error }),
    );
    return () => stop.current.abort();
  }, []);

  const go = async (plan: BulkPlan) => {
    setStage({ type: "doing", plan, done: 0 });
    const labels = { [key.trim()]: takeAway ? null : value.trim() };
    const outcome = await doToAll(plan.rows, workOf(verb, labels), {
      signal: stop.current.signal,
      onProgress: (done) => setStage({ type: "doing", plan, done }),
    });
    finish(store, verb, outcome, labels);
    if (outcome.failed.length === 0) onClose();
    else setStage({ type: "failed", outcome });
  };

  return (
    <dialog ref={box} class="runs-dialog" aria-labelledby="bulk-title" onClose={onClose}>
      {stage.type === "reading" && <h2 id="bulk-title">{words.ask} runs: looking which…</h2>}
      {stage.type === "trouble" && (
        <>
          <h2 id="bulk-title">{words.ask} runs</h2>
          <TroubleBox title="The runs could not be read" trouble={stage.trouble} />
        </>
      )}
      {stage.type === "asking" && (
        <form
          method="dialog"
          onSubmit={(event) => {
            event.preventDefault();
            void go(stage.plan);
          }}
        >
          <h2 id="bulk-title">{words.ask} {counted(stage.plan.rows.length, "run")}?</h2>
          <LeftOut plan={stage.plan} />
          {verb === "delete" && stage.plan.rows.length > 0 && (
            <p>All that they have written is removed. There is no way back.</p>
          )}
          {verb === "label" && (
            <div class="row">
              <label>
                Key
                <input value={key} required maxLength={100} onInput={(event) => setKey(event.currentTarget.value)} />
              </label>
              <label>
                Value
                <input
                  value={value}
                  maxLength={200}
                  disabled={takeAway}
                  onInput={(event) => setValue(event.currentTarget.value)}
                />
              </label>
              <label class="check">
                <input
                  type="checkbox"
                  checked={takeAway}
                  onChange={(event) => setTakeAway(event.currentTarget.checked)}
                />
                take it away
              </label>
            </div>
          )}
          <div class="actions">
            <button
              type="submit"
              class={verb === "delete" ? "danger" : "first"}
              disabled={stage.plan.rows.length === 0}
            >
              {verb === "label" && takeAway ? "Take label away" : words.go}
            </button>
            <button type="button" onClick={() => box.current!.close()}>Leave them</button>
          </div>
        </form>
      )}
      {stage.type === "doing" && (
        <>
          <h2 id="bulk-title">{count(stage.done)} of {counted(stage.plan.rows.length, "run")}</h2>
          <progress
            value={stage.done}
            max={stage.plan.rows.length}
            aria-label={`${words.ask} ${counted(stage.plan.rows.length, "run")}`}
          />
          <div class="actions">
            <button type="button" onClick={() => stop.current.abort()}>Stop</button>
          </div>
        </>
      )}
      {stage.type === "failed" && <Failures outcome={stage.outcome} done={words.done} />}
      {(stage.type === "failed" || stage.type === "trouble" || stage.type === "reading") && (
        <div class="actions">
          <button type="button" onClick={() => box.current!.close()}>Close</button>
        </div>
      )}
    </dialog>
  );
}

function LeftOut({ plan: { verb, rows, leftOut } }: { readonly plan: BulkPlan }): VNode | null {
  if (leftOut.length === 0) return null;
  const hint = verb === "delete" ? "cancel them first" : null;
  return (
    <p>
      {rows.length === 0 ? "None of them can be: " : "Left out: "}
      {leftOut.map(({ count: n, why }) => `${count(n)} ${why}`).join(", ")}
      {hint !== null && <span class="quiet">&#32;({hint})</span>}
    </p>
  );
}

function Failures({ outcome: { done, failed }, done: word }: {
  readonly outcome: BulkOutcome;
  readonly done: string;
}): VNode {
  return (
    <>
      <h2 id="bulk-title">{counted(failed.length, "run")} could not be {word}</h2>
      {done.length > 0 && <p>{counted(done.length, "run")} {done.length === 1 ? "was" : "were"} {word}.</p>}
      <ul class="bulk-failures">
        {failed.slice(0, MOST_TOLD).map(({ row, message }) => (
          <li key={row.run_id}>
            <span class="id">{row.run_id}</span>: {message}
          </li>
        ))}
        {failed.length > MOST_TOLD && <li class="quiet">and {count(failed.length - MOST_TOLD)} more</li>}
      </ul>
    </>
  );
}

type Labels = { readonly [key: string]: string | null };

const address = ({ run_id }: RunRow) => `/api/simulations/${encodeURIComponent(run_id)}`;

function workOf(verb: BulkVerb, labels: Labels): (row: RunRow) => Promise<unknown> {
  switch (verb) {
    case "cancel":
      return ({ run_id }) => runs.cancel(run_id);
    case "delete":
      return (row) => api(`${address(row)}?purge=true`, { method: "DELETE" });
    case "label":
      return (row) => api(address(row), { method: "PATCH", body: { labels } });
  }
}

/** Says what came of it, offers to undo what can be undone, and has all that shows runs look again. */
function finish(store: RunsStore, verb: BulkVerb, { done, left }: BulkOutcome, labels: Labels): void {
  const text = `${counted(done.length, "run")} ${WORDS[verb].done}${
    left > 0 ? `, ${count(left)} left as they were` : ""
  }`;
  announce(text);
  if (done.length > 0 || left > 0) {
    const undo = () => void giveBack(store, done, Object.keys(labels));
    toast({ text, kind: "done", ...(verb === "label" && { action: { label: "Undo", run: undo } }) });
  }
  if (verb === "delete") store.choose(NONE);
  void store.refresh();
  noticeWork();
  if (verb !== "label") refreshTree().catch(() => {/* it stays as it was */});
}

async function giveBack(store: RunsStore, rows: readonly RunRow[], keys: readonly string[]): Promise<void> {
  const { failed, done } = await doToAll(
    rows,
    (row) => api(address(row), { method: "PATCH", body: { labels: labelsBack(row, keys) } }),
    { onProgress: () => {} },
  );
  if (failed.length > 0) {
    toastError(`The labels of ${counted(failed.length, "run")} are not undone`, failed[0]!.message);
  } else toast({ text: `Labels of ${counted(done.length, "run")} are as they were`, kind: "done" });
  await store.refresh();
}
