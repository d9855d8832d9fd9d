/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** One conversation on its own page: what a notebook's cell shows of it, and the plan as it was after any turn. */

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Branch, BranchDialog } from "./_parts/conversation/branch_dialog.tsx";
import { PlanOutline } from "./_parts/conversation/plan_outline.tsx";
import { ConversationView } from "./_parts/conversation_view.tsx";
import { toast } from "./_parts/shell/toasts.ts";
import { reasonText } from "./_parts/status_badge.tsx";
import type { ConversationOutline, ConversationOutput, ConversationRun, Provenance } from "./_parts/types.ts";

/** What it is told. */
export interface ConversationPageProps {
  readonly output: ConversationOutput;
  readonly provenance: Provenance | null;
  /** After the turn that is looked at. */
  readonly outline: ConversationOutline;
  /** The turn that the address names; null: the last one, whichever it is. */
  readonly at: number | null;
  /** What the judge before said, by turn; empty: there was none. */
  readonly earlier: readonly (string | null)[];
  readonly mayRun: boolean;
  readonly mayEdit: boolean;
}

/** The conversation. */
export default function ConversationPage(props: ConversationPageProps): VNode {
  const { output, provenance, outline, mayRun, mayEdit } = props;
  const [at, setAt] = useState(props.at);
  const tell = useNews(output.run);
  const [branch, setBranch] = useState<Branch | null>(null);
  const look = (turn: number | null) => {
    setAt(turn);
    const url = new URL(location.href);
    if (turn === null) url.searchParams.delete("turn");
    else url.searchParams.set("turn", String(turn));
    history.replaceState(history.state, "", url);
  };
  // Where the plan stands beside what is said, both show the same turn.
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current && matchMedia("(min-width: 1100px)").matches) {
      document.querySelector(".turn-looked-at")?.scrollIntoView({ block: "nearest" });
    }
    isFirst.current = false;
  }, [at]);
  return (
    <ConversationView
      output={output}
      provenance={provenance}
      readonly={!mayRun}
      onFork={(turn) => setBranch({ type: "fork", turn })}
      page={{
        at,
        onLook: look,
        mayLabel: mayEdit,
        earlier: props.earlier,
        onRun: tell,
        onJudgeAnew: () => setBranch({ type: "judge" }),
        dialog: (run) =>
          branch === null ? null : <BranchDialog branch={branch} run={run} onClose={() => setBranch(null)} />,
        aside: (run) => (
          <PlanOutline runId={run.run_id} first={outline} played={run.turns.length} at={at} onLook={look} />
        ),
      }}
    />
  );
}

/** Tells in notes what comes while the page is open: verdicts, and the end. */
function useNews(first: ConversationRun): (run: ConversationRun) => void {
  const before = useRef(first);
  return (run) => {
    const known = before.current;
    before.current = run;
    const judged = ({ turns }: ConversationRun) => turns.filter(({ judge }) => judge !== null).length;
    for (const { index, judge } of run.turns.slice(judged(known), judged(run)).slice(-2)) {
      if (judge === null) continue;
      toast({ text: `Turn ${index}: ${judge.alignment}`, kind: judge.alignment === "aligned" ? "done" : "info" });
    }
    if (run.status === known.status || !["finished", "cancelled", "error"].includes(run.status)) return;
    const why = run.error?.message ?? reasonText(run.status, run.ended_by);
    toast({
      text: `The conversation is over: ${why ?? run.status}`,
      kind: run.status === "error" ? "error" : "info",
    });
  };
}
