/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Between two cells: a place to insert one, and to drop one. */

import type { VNode } from "preact";
import { Icon } from "../icons.tsx";
import { Menu, type MenuEntry } from "./menu.tsx";
import type { Session } from "./session.ts";
import { STARTER_KINDS } from "./starters.ts";

/** What can be inserted before a piece; null: at the end. */
export function insertEntries(session: Session, before: () => string | null): MenuEntry[] {
  return STARTER_KINDS.map(([kind, name, does]) => ({
    name,
    note: does,
    run: () => {
      const key = session.store.insertKind(kind, before());
      if (kind !== "prose") session.focus(key);
    },
  }));
}

/** What it is told. */
export interface InsertBarProps {
  readonly session: Session;
  /** Key of the piece that it stands before; null: at the end of the page. */
  readonly before: string | null;
}

/** The place. At the end of the page it is always seen. */
export function InsertBar({ session, before }: InsertBarProps): VNode {
  return (
    <div class={before === null ? "insert insert-last" : "insert"}>
      <Menu
        label={before === null ? "Add a cell" : "Insert a cell here"}
        class="quiet insert-button"
        tabindex={before === null ? 0 : -1}
        entries={insertEntries(session, () => before)}
      >
        <Icon name="plus" /> {before === null ? "Add a cell" : null}
      </Menu>
    </div>
  );
}
