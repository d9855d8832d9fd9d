/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What the server is at: runs and batches with progress, time left, cost, and a way to end them. Only while there is something. */

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "./_parts/announce.ts";
import { api, batches, runs } from "./_parts/api.ts";
import { count, counted, dollars, duration } from "./_parts/number_format.tsx";
import { ShellIcon } from "./_parts/shell/shell_icons.tsx";
import { toast, toastError } from "./_parts/shell/toasts.ts";
import { noteProgress, refreshTree } from "./_parts/shell/tree_store.ts";
import { runUrl, type TreeRun } from "./_parts/shell/tree_model.ts";
import { shownHere, workNotices } from "./_parts/shell/work_store.ts";
import { type Seen, type Work, type WorkBatch, workOf, type WorkRun } from "./_parts/shell/work.ts";

/** Milliseconds between two looks. */
const PACE = 5000;
/** Lines that are shown before the rest is only counted. */
const MOST = 4;

/** What the strip is told by the server. */
export interface WorkStripProps {
  readonly runs: readonly WorkRun[];
  readonly batches: readonly WorkBatch[];
  /** Runs that belong to one of them. */
  readonly inBatches: readonly string[];
  /** Whether who looks may end things. */
  readonly mayRun: boolean;
}

/** The strip. */
export default function WorkStrip({ runs: given, batches: going, inBatches, mayRun }: WorkStripProps): VNode | null {
  const first = useRef(new Map<string, Seen>());
  const [work, setWork] = useState<readonly Work[]>(() =>
    workOf(given, going, new Set(inBatches), first.current, Date.now())
  );
  const [all, setAll] = useState(false);
  const before = useRef(work);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const look = async () => {
      clearTimeout(timer);
      if (document.visibilityState === "visible") {
        try {
          const { work: next, inBatches } = await workNow(first.current);
          if (isOver) return;
          tellOfEnds(before.current.filter(({ kind, id }) => kind === "batch" || !inBatches.has(id)), next);
          before.current = next;
          setWork(next);
        } catch {
          // The server is gone for a while: what was seen last stays, and is asked for again.
        }
      }
      clearTimeout(timer);
      if (!isOver) timer = setTimeout(look, PACE);
    };
    look();
    document.addEventListener("visibilitychange", look);
    const forget = workNotices.subscribe((n) => n > 0 && look());
    return () => {
      isOver = true;
      clearTimeout(timer);
      forget();
      document.removeEventListener("visibilitychange", look);
    };
  }, []);

  if (work.length === 0) return null;
  const shown = all ? work : work.slice(0, MOST);
  return (
    <section class="work" aria-label="Running work">
      <ul>{shown.map((each) => <Line key={each.key} work={each} mayRun={mayRun} />)}</ul>
      {work.length > MOST && (
        <button class="quiet" type="button" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Fewer" : `${work.length - MOST} more`}
        </button>
      )}
    </section>
  );
}

function Line({ work, mayRun }: { readonly work: Work; readonly mayRun: boolean }): VNode {
  const { kind, id, name, status, done, total, failed, usd, eta } = work;
  const href = kind === "run" ? runUrl(id) : `/batches/${encodeURIComponent(id)}`;
  const noun = kind === "run" ? "turn" : "run";
  return (
    <li class="work-line">
      <a
        href={href}
        title={id}
        onClick={(event) => {
          const here = shownHere.peek()?.(kind, id);
          if (!here) return;
          event.preventDefault();
          here.go();
        }}
      >
        <ShellIcon name={kind === "run" ? "run" : "batch"} />
        <span class="work-name">{name}</span>
      </a>
      <progress value={done} max={Math.max(1, total)} aria-label={`${counted(done, noun)} of ${total}`} />
      <span class="work-count">{count(done)}/{count(total)}</span>
      {status === "queued" && <span class="quiet">queued</span>}
      {failed > 0 && <span class="work-failed">{failed} failed</span>}
      {eta !== null && <span class="quiet work-eta">{duration(eta)} left</span>}
      {usd > 0 && <span class="quiet">{dollars(usd)}</span>}
      {mayRun && (
        <button
          class="quiet icon"
          type="button"
          title={`Cancel ${name}`}
          aria-label={`Cancel ${name}`}
          onClick={() => cancel(work)}
        >
          <ShellIcon name="close" />
        </button>
      )}
    </li>
  );
}

async function cancel({ kind, id, name }: Work): Promise<void> {
  try {
    await (kind === "run" ? runs : batches).cancel(id);
    workNotices.value++;
  } catch (error) {
    toastError(`${name} was not cancelled`, error);
  }
}

async function workNow(first: Map<string, Seen>): Promise<{ work: Work[]; inBatches: ReadonlySet<string> }> {
  const [listed, allBatches] = await Promise.all([
    api<readonly (WorkRun & TreeRun)[]>("/api/simulations?status=running,queued&limit=100"),
    api<readonly WorkBatch[]>("/api/batches?limit=10"),
  ]);
  noteProgress(listed);
  const inBatches = new Set<string>();
  for (const { batch_id, status } of allBatches) {
    if (status !== "running" || listed.length === 0) continue;
    const query = new URLSearchParams({ status: "running,queued", limit: "500", batch: batch_id });
    for (const { run_id } of await api<readonly WorkRun[]>(`/api/simulations?${query}`)) inBatches.add(run_id);
  }
  return { work: workOf(listed, allBatches, inBatches, first, Date.now()), inBatches };
}

/** Says what has ended since the last look, and has the tree show how. */
function tellOfEnds(before: readonly Work[], now: readonly Work[]): void {
  const going = new Set(now.map(({ key }) => key));
  const ended = before.filter(({ key }) => !going.has(key));
  if (ended.length === 0 && now.length === before.length) return;
  refreshTree().catch(() => {/* it stays as it was */});
  for (const { kind, id, name } of ended) {
    const here = shownHere.peek()?.(kind, id) ?? null;
    // Who sees it needs no word.
    if (location.pathname === runUrl(id) || here?.isSeen) continue;
    const text = `${here?.name ?? name} has ended`;
    announce(text);
    const look = here?.go ?? (kind === "run" ? () => location.assign(runUrl(id)) : null);
    toast({ text, kind: "done", ...(look && { action: { label: "Look", run: look } }) });
  }
}
