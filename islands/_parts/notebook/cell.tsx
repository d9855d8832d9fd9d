/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A cell: what it is, where it stands, what came out, and its source. */

import { useComputed, useSignal } from "@preact/signals";
import type { TargetedMouseEvent, VNode } from "preact";
import { useEffect } from "preact/hooks";
import { ButtonGroup } from "../actions.tsx";
import { Expectations } from "../expectations.tsx";
import { Icon } from "../icons.tsx";
import { OutputView } from "../output_view.tsx";
import { ProvenanceButton } from "../provenance.tsx";
import { lookOf, StatusBadge } from "../status_badge.tsx";
import { anchorOf } from "./anchor.ts";
import { Editor, focusLine } from "./editor.tsx";
import { infoOf, partsOf, withInfo } from "./fences.ts";
import { Frame } from "./frame.tsx";
import type { Session } from "./session.ts";
import { Code, offsetAt } from "./source.tsx";
import type { NotebookStore, PieceSignals } from "./store.ts";
import { Toolbar } from "./toolbar.tsx";
import type { CellView, ViewIssue } from "./types.ts";

/** What pieces are told. */
export interface PieceProps {
  readonly store: NotebookStore;
  /** Null while the page has not come to life. */
  readonly session: Session | null;
  readonly pieceKey: string;
}

/** Kinds whose status says nothing while all is well: they are always as the page says. */
const QUIET = new Set(["fresh", "cached"]);
/** Outputs that do not say themselves where they come from. */
const TELLS_NOT = new Set(["chart", "table"]);
const PAID: ReadonlySet<string> = new Set(["run", "batch", "conversation"]);
const TOLD: ReadonlySet<string> = new Set(["fresh", "queued", "running", "paused", "failed"]);
const CHEAP = new Set(["input", "scenario", "chart", "table", "compare"]);

/** A cell. Its source is read below only: while one types in it nothing else is drawn. */
export function Cell({ store, session, pieceKey: key }: PieceProps): VNode {
  const piece = store.piece(key);
  const view = piece.view.value;
  const cell = view?.kind === "cell" ? view : null;
  const head = useComputed(() => /^[^\r\n]*/.exec(store.piece(key).source.value)![0]);
  const info = infoOf(head.value);
  const kind = info?.kind ?? cell?.cell ?? "cell";
  const id = info?.id ?? null;
  const name = id === null ? kind : `${kind} ${id}`;
  const status = cell?.status ?? "blocked";
  const look = lookOf(status);
  const isQuiet = cell !== null && CHEAP.has(cell.cell) && QUIET.has(status);
  return (
    <Frame
      store={store}
      session={session}
      pieceKey={key}
      kind={kind}
      tone={isQuiet ? "none" : look.tone}
      anchor={anchorOf(id ?? cell?.name ?? null)}
      label={cell === null ? name : `${name}, ${look.word}`}
    >
      <header class="cell-head">
        <Title session={session} piece={piece} kind={kind} rest={info?.rest ?? ""} />
        {cell === null || isQuiet || isTold(cell) ? null : <StatusBadge status={status} detail={detailOf(cell)} />}
        <span class="cell-facts">
          {cell?.provenance && TELLS_NOT.has(cell.output?.type ?? "")
            ? <ProvenanceButton provenance={cell.provenance} />
            : null}
        </span>
        {session === null ? null : <Toolbar session={session} pieceKey={key} cell={cell} name={name} />}
      </header>
      {cell === null ? null : <Stale session={session} pieceKey={key} cell={cell} />}
      {cell === null ? null : <Issues session={session} pieceKey={key} issues={cell.issues} first={cell.bodyLine} />}
      {cell?.output
        ? (
          <div class={cell.dimmed ? "cell-output dimmed" : "cell-output"}>
            <OutputView
              output={cell.output}
              name={cell.id ?? cell.name}
              provenance={cell.provenance}
              readonly={session === null || (cell.output.type !== "input" && !store.may.run)}
              onInput={(value) => {
                if (cell.output?.type === "input" && cell.id !== null) {
                  session?.setInput(
                    cell.id,
                    value,
                    cell.output.standard,
                  );
                }
              }}
              onChange={() => session?.underWay.lookSoon()}
              {...(session !== null && store.may.edit && cell.id !== null &&
                { onFork: (turn: number) => session.fork(key, turn) })}
            />
          </div>
        )
        : null}
      {cell === null ? null : <Expectations expect={cell.expect} />}
      <Source store={store} session={session} piece={piece} info={info} name={name} />
    </Frame>
  );
}

/** Whether the output says itself where the cell stands, and is nearer to it: what is live is ahead of the page's view. */
function isTold({ output, dimmed, status }: CellView): boolean {
  return output !== null && !dimmed && PAID.has(output.type) && TOLD.has(status);
}

/** What follows the status: why. What is stale says so in a line of its own. */
function detailOf({ status, reason, price }: CellView): string | null {
  return status === "stale" && price !== null ? null : reason;
}

interface TitleProps {
  readonly session: Session | null;
  readonly piece: PieceSignals;
  readonly kind: string;
  readonly rest: string;
}

/** Kind and id; a click edits all that stands after the kind. */
function Title({ session, piece, kind, rest }: TitleProps): VNode {
  const isEdited = useSignal(false);
  const id = /(?:^|\s)#(\w+)/.exec(rest)?.[1];
  const goThere = (event: TargetedMouseEvent<HTMLAnchorElement>) => {
    if (session === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // The browser would do so later, and take the focus from the field that a second click opens.
    event.preventDefault();
    history.replaceState(history.state, "", event.currentTarget.href);
    // Where it stands: what is scrolled would not be under the second click.
    event.currentTarget.closest<HTMLElement>("article")!.focus({ preventScroll: true });
  };
  if (isEdited.value && session !== null) {
    const done = (text: string | null) => {
      isEdited.value = false;
      if (text !== null) session.store.change(piece.key, withInfo(piece.source.peek(), text));
      session.focus(piece.key);
    };
    return (
      <label class="cell-title">
        <span class="cell-kind">{kind}</span>
        <input
          class="cell-info"
          aria-label={`Id and options of this ${kind}`}
          defaultValue={rest}
          ref={selected}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Enter") done(event.currentTarget.value);
            if (event.key === "Escape") done(null);
          }}
          onBlur={(event) => isEdited.peek() && done(event.currentTarget.value)}
        />
      </label>
    );
  }
  return (
    <span
      class="cell-title"
      {...(session?.store.may.edit && { onDblClick: () => isEdited.value = true, title: "Double-click to name it" })}
    >
      <span class="cell-kind">{kind}</span>
      {id === undefined ? null : <a class="cell-id" href={`#${id}`} tabindex={-1} onClick={goThere}>#{id}</a>}
    </span>
  );
}

/** Puts the caret into a field as soon as it is there. */
function selected(field: HTMLInputElement | null): void {
  if (field === null || document.activeElement === field) return;
  field.focus();
  field.select();
}

interface CellPartProps {
  readonly session: Session | null;
  readonly pieceKey: string;
  readonly cell: CellView;
}

/** Why a paid cell has to run, what that takes, and the button. */
function Stale({ session, pieceKey: key, cell }: CellPartProps): VNode | null {
  const { status, reason, price, name } = cell;
  if (status !== "stale") return null;
  const isStarting = session?.isStarting(name) ?? false;
  // What forks another one plays on from there.
  const takesSteps = (cell.cell === "run" || cell.cell === "conversation") && !/^from:/m.test(cell.body);
  return (
    <div class="stale-line">
      <span>
        {reason === null ? "Stale" : reason}
        {price === null ? null : (
          <>
            {" · "}
            <span class="number">{price.text}</span>
          </>
        )}
      </span>
      {session === null || !session.store.may.run ? null : (
        <ButtonGroup label={`Start ${name}`}>
          {takesSteps && (
            <button
              type="button"
              aria-label={`Step ${name}`}
              title="Play the first turn, and wait"
              disabled={isStarting}
              onClick={() => session.runCell(key, { step: true })}
            >
              <Icon name="step" /> Step
            </button>
          )}
          <button
            type="button"
            aria-label={`Run ${name}`}
            aria-busy={isStarting}
            disabled={isStarting}
            onClick={() => session.runCell(key)}
          >
            <Icon name={isStarting ? "spin" : "play"} /> Run
          </button>
        </ButtonGroup>
      )}
    </div>
  );
}

interface IssuesProps {
  readonly session: Session | null;
  readonly pieceKey: string;
  readonly issues: readonly ViewIssue[];
  /** Line of the body's first line. */
  readonly first: number;
}

/** What is wrong, each with a way to its line. */
function Issues({ session, pieceKey: key, issues, first }: IssuesProps): VNode | null {
  if (issues.length === 0) return null;
  const go = (line: number) => {
    session?.store.edit(key);
    const look = (tries: number) => {
      focusLine(key, line - first + 1);
      if (tries > 0 && !document.activeElement?.closest(".cm-editor")) setTimeout(() => look(tries - 1), 50);
    };
    setTimeout(() => look(40));
  };
  return (
    <ul class="issues">
      {issues.map(({ severity, message, hint, line, code }) => (
        <li key={`${line} ${code} ${message}`} class={`issue tone-${severity === "error" ? "error" : "stale"}`}>
          <Icon name="alert" />
          <span>
            <span class="visually-hidden">{severity}:</span> {message}
            {hint === undefined ? null : <span class="issue-hint">{hint}</span>}
          </span>
          <button
            type="button"
            class="plain"
            disabled={session === null}
            onClick={() =>
              go(line)}
          >
            line {line}
          </button>
        </li>
      ))}
    </ul>
  );
}

interface SourceProps {
  readonly store: NotebookStore;
  readonly session: Session | null;
  readonly piece: PieceSignals;
  readonly info: ReturnType<typeof infoOf>;
  readonly name: string;
}

/** The source: folded or not, edited or not. */
function Source({ store, session, piece, info, name }: SourceProps): VNode {
  const { key } = piece;
  const isEdited = useComputed(() => store.editing.value?.key === key);
  const isFolded = info?.flags.includes("fold") ?? false;
  const isOpen = useSignal(!isFolded);
  useEffect(() => {
    isOpen.value = !isFolded;
  }, [isFolded]);
  const shown = isOpen.value || isEdited.value;
  const language = info?.language === "sql" ? "sql" : info?.language === "js" ? "js" : "yaml";
  return (
    <details
      class="cell-source"
      open={shown}
      onToggle={(event) => {
        if (!isEdited.peek()) isOpen.value = event.currentTarget.open;
      }}
    >
      <summary tabindex={-1}>Source</summary>
      {!shown
        ? <Plain piece={piece} language={language} />
        : isEdited.value && session !== null
        ? <Editor session={session} piece={piece} language={language} label={`Source of ${name}`} hint="" />
        : <Plain piece={piece} language={language} onEdit={(at) => session !== null && store.edit(key, at)} />}
    </details>
  );
}

interface PlainProps {
  readonly piece: PieceSignals;
  readonly language: string;
  readonly onEdit?: (at: number | null) => void;
}

/** The source as it is read; a click edits it there. */
function Plain({ piece, language, onEdit }: PlainProps): VNode {
  const onClick = (event: TargetedMouseEvent<HTMLDivElement>) => {
    // Whoever selects text does not want to type.
    if (event.button !== 0 || (getSelection()?.toString() ?? "") !== "") return;
    onEdit?.(offsetAt(event.currentTarget, event.clientX, event.clientY));
  };
  return (
    <div class="plain-source" onClick={onClick}>
      <Code source={partsOf(piece.source.value).body} language={language} />
    </div>
  );
}
