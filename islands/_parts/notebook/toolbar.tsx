/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What can be done with a cell: shown where the pointer or the focus is. */

import { useComputed } from "@preact/signals";
import type { VNode } from "preact";
import { Icon } from "../icons.tsx";
import { asProse, infoOf, withFlag, withKind } from "./fences.ts";
import { isMoving } from "./following.ts";
import { Glyph } from "./glyphs.tsx";
import { Menu, type MenuEntry } from "./menu.tsx";
import { after } from "./model.ts";
import { PAID, type Session } from "./session.ts";
import type { CellView } from "./types.ts";

/** What it is told. */
export interface ToolbarProps {
  readonly session: Session;
  readonly pieceKey: string;
  /** Null: it is prose, or the server has not seen it yet. */
  readonly cell: CellView | null;
  /** For who cannot see it: `run base`. */
  readonly name: string;
}

/** Kinds that one can be made of another. */
const KINDS = [
  ["yaml", "input"],
  ["yaml", "scenario"],
  ["yaml", "run"],
  ["yaml", "batch"],
  ["yaml", "conversation"],
  ["yaml", "compare"],
  ["yaml", "chart"],
  ["sql", "table"],
] as const;

const FLAGS: readonly (readonly [flag: string, on: string, off: string])[] = [
  ["fold", "Fold the source", "Unfold the source"],
  ["hide", "Hide where presented", "Show where presented"],
  ["off", "Switch off", "Switch on"],
  ["auto", "Run by itself once allowed", "Run when asked only"],
];

/** Buttons and a menu. */
export function Toolbar({ session, pieceKey: key, cell, name }: ToolbarProps): VNode {
  const { store } = session;
  const { may } = store;
  const isActive = useComputed(() => (store.active.value ?? store.order.value[0]) === key);
  const tabindex = isActive.value ? 0 : -1;
  const isPaid = cell !== null && PAID.includes(cell.cell);
  const moves = cell !== null && isMoving(cell.status);
  const readsPaid = cell !== null && cell.uses.length > 0;
  const button = (label: string, picture: VNode, act: () => void) => (
    <button
      type="button"
      class="quiet icon"
      tabindex={tabindex}
      aria-label={`${label} ${name}`}
      title={label}
      onClick={act}
    >
      {picture}
    </button>
  );
  return (
    <div class="toolbar" role="group" aria-label={`Do with ${name}`}>
      {may.run && isPaid && !moves && button("Run", <Icon name="play" />, () => session.runCell(key))}
      {may.run && isPaid && moves && button("Cancel", <Icon name="stop" />, () => session.cancel(key))}
      {may.run && readsPaid && !moves &&
        button("Run, with what it reads,", <Glyph name="ancestors" />, () => session.runCell(key, { ancestors: true }))}
      {may.edit && button("Edit", <Glyph name="edit" />, () => store.edit(key))}
      {may.edit && cell !== null &&
        button("Fold or unfold", <Glyph name="fold" />, () => session.flag(key, "fold"))}
      {may.edit && (
        <Menu label={`More for ${name}`} tabindex={tabindex} entries={entriesFor(session, key, cell)}>
          <Glyph name="more" />
        </Menu>
      )}
    </div>
  );
}

function entriesFor(session: Session, key: string, cell: CellView | null): (MenuEntry | null)[] {
  const { store } = session;
  const source = store.piece(key).source.peek();
  const info = infoOf(source);
  const isPaid = cell !== null && ["run", "conversation"].includes(cell.cell);
  return [
    { name: "Insert text above", note: "a", run: () => void store.insertKind("prose", key) },
    { name: "Insert text below", note: "b", run: () => void store.insertKind("prose", after(store.pieces, key)) },
    null,
    { name: "Move up", note: "Alt-↑", run: () => session.move(key, -1) },
    { name: "Move down", note: "Alt-↓", run: () => session.move(key, 1) },
    { name: "Duplicate", run: () => session.duplicate(key) },
    { name: "Cut", note: "x", run: () => session.cut(key) },
    { name: "Copy", note: "c", run: () => session.copy(key) },
    { name: "Paste below", note: "v", run: () => session.paste(key) },
    ...(info === null ? [] : [
      null,
      ...FLAGS.filter(([flag]) => flag !== "auto" || isPaid).map(([flag, on, off]) => ({
        name: info.flags.includes(flag) ? off : on,
        run: () => store.change(key, withFlag(source, flag, !info.flags.includes(flag))),
      })),
    ]),
    ...(isPaid
      ? [{ name: "Sample again", note: "models answer anew", run: () => session.runCell(key, { sampleAgain: true }) }]
      : []),
    null,
    ...(info === null ? [] : [{ name: "Make it text", run: () => store.change(key, asProse(source)) }]),
    ...KINDS.filter(([language, kind]) => kind !== info?.kind && (info === null || language === info.language)).map((
      [language, kind],
    ) => ({ name: `Make it a ${kind}`, run: () => store.change(key, withKind(source, language, kind)) })),
    null,
    { name: "Delete", note: "d d", danger: true, run: () => session.delete(key) },
  ];
}
