/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Which columns of a run are drawn, and which turn is looked at. */

import type { ComponentChildren, VNode } from "preact";
import { useId } from "preact/hooks";
import { useMounted } from "./actions.tsx";
import { count, text } from "./number_format.tsx";
import { rowAt } from "./run_columns.ts";
import { colorOf } from "./series_color.ts";
import type { Row } from "./types.ts";

/** Chips that stand open. */
const MOST_OPEN = 6;

/** What the chips are told. */
export interface ColumnChipsProps {
  readonly all: readonly string[];
  readonly chosen: readonly string[];
  readonly setChosen: (chosen: readonly string[]) => void;
  readonly log: boolean;
  readonly setLog: (log: boolean) => void;
  /** Further switches, beside that of the scale. */
  readonly children?: ComponentChildren;
}

/** A chip for every column. */
export function ColumnChips({ all, chosen, setChosen, log, setLog, children }: ColumnChipsProps): VNode {
  const isMounted = useMounted();
  const first = [...chosen, ...all.filter((name) => !chosen.includes(name))];
  const open = all.filter((name) => first.slice(0, Math.max(MOST_OPEN, chosen.length)).includes(name));
  const folded = all.filter((name) => !open.includes(name));
  const toggle = (name: string) =>
    setChosen(
      chosen.includes(name)
        ? chosen.filter((each) => each !== name)
        : all.filter((each) => [...chosen, name].includes(each)),
    );
  const chips = (names: readonly string[]) =>
    names.map((name) => {
      const isChosen = chosen.includes(name);
      return (
        <label key={name} class="chip chip-choice">
          <input type="checkbox" checked={isChosen} disabled={!isMounted} onChange={() => toggle(name)} />
          {isMounted && isChosen ? <span class="swatch" style={`background:${colorOf(name)}`} /> : null}
          {name}
        </label>
      );
    });
  return (
    <fieldset class="chips">
      <legend class="visually-hidden">Columns to draw</legend>
      {chips(open)}
      {folded.length === 0 ? null : (
        <details class="chips-more">
          <summary class="chip">{count(folded.length)} more</summary>
          {chips(folded)}
        </details>
      )}
      <span class="chip-switches">
        <label class="chip chip-choice">
          <input type="checkbox" checked={log} disabled={!isMounted} onChange={() => setLog(!log)} />
          log scale
        </label>
        {children}
      </span>
    </fieldset>
  );
}

/** What the scrubber is told. */
export interface ScrubberProps {
  readonly rows: readonly Row[];
  readonly columns: readonly string[];
  /** Columns that are drawn: their values are always seen. */
  readonly chosen: readonly string[];
  readonly first: number;
  readonly last: number;
  /** Null: the newest turn, whichever it is. */
  readonly marker: number | null;
  readonly setAt: (turn: number | null) => void;
}

/** Any turn of a run, and its values. */
export function Scrubber({ rows, columns, chosen, first, last, marker, setAt }: ScrubberProps): VNode {
  const id = useId();
  const isMounted = useMounted();
  const turn = marker ?? last;
  const row = rowAt(rows, turn);
  const names = columns.filter((name) => name !== "turn" && row !== null && row[name] !== undefined);
  return (
    <div class="scrubber">
      <div class="scrubber-line">
        <label for={id}>Turn</label>
        <input
          id={id}
          type="range"
          min={first}
          max={last}
          step={1}
          value={turn}
          disabled={!isMounted}
          aria-valuetext={`turn ${turn} of ${last}`}
          onInput={(event) => {
            const next = event.currentTarget.valueAsNumber;
            setAt(next >= last ? null : next);
          }}
        />
        <output for={id} class="number">{count(turn)}</output>
        <button type="button" class="quiet" disabled={!isMounted || marker === null} onClick={() => setAt(null)}>
          Newest
        </button>
      </div>
      <p class="facts-line scrubber-values">
        {chosen.filter((name) => row?.[name] !== undefined).map((name) => (
          <span key={name}>
            <span class="muted">{name}</span> <strong class="number">{text(row![name])}</strong>
          </span>
        ))}
      </p>
      <details class="turn-values">
        <summary>All values of turn {count(Number(row?.turn ?? turn))}</summary>
        <dl class="values">
          {names.map((name) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd class="number">{text(row![name])}</dd>
            </div>
          ))}
        </dl>
      </details>
    </div>
  );
}
