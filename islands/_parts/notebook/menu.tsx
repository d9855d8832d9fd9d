/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A button that opens a list of things to do. */

import type { ComponentChildren, TargetedKeyboardEvent, VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** One thing to do; null: a line between. */
export interface MenuEntry {
  readonly name: string;
  /** Beside the name: what it does, or its keys. */
  readonly note?: string;
  readonly danger?: boolean;
  run(): void;
}

/** What the button is told. */
export interface MenuProps {
  readonly label: string;
  readonly class?: string;
  readonly tabindex?: number;
  readonly children: ComponentChildren;
  readonly entries: readonly (MenuEntry | null)[];
}

/** The button and its menu. The menu is drawn while it is open only. */
export function Menu({ label, tabindex, children, entries, class: name = "quiet icon" }: MenuProps): VNode {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        type="button"
        class={name}
        ref={button}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        tabindex={tabindex}
        onClick={() => setOpen(!isOpen)}
      >
        {children}
      </button>
      {isOpen && <List label={label} entries={entries} button={button.current!} close={() => setOpen(false)} />}
    </>
  );
}

interface ListProps {
  readonly label: string;
  readonly entries: MenuProps["entries"];
  readonly button: HTMLElement;
  close(): void;
}

function List({ label, entries, button, close }: ListProps): VNode {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const menu = box.current!;
    menu.showPopover();
    const [at, { width, height }] = [button.getBoundingClientRect(), menu.getBoundingClientRect()];
    menu.style.left = `${Math.max(4, Math.min(at.left, innerWidth - width - 4))}px`;
    menu.style.top = `${at.bottom + height + 8 > innerHeight ? Math.max(4, at.top - height - 4) : at.bottom + 4}px`;
    menu.querySelector<HTMLElement>("button")!.focus({ preventScroll: true });
  }, []);
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    // Keys in a menu are the menu's.
    event.stopPropagation();
    const items = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Tab") return close();
    if (to === undefined) return;
    items.at(to % items.length)!.focus();
    event.preventDefault();
  };
  const choose = (entry: MenuEntry) => {
    box.current!.hidePopover();
    entry.run();
  };
  return (
    <div
      class="menu"
      role="menu"
      aria-label={label}
      popover="auto"
      ref={box}
      onKeyDown={onKeyDown}
      onToggle={(event) => event.newState === "closed" && close()}
    >
      {entries.map((entry, i) =>
        entry === null ? <hr key={i} /> : (
          <button
            key={entry.name}
            type="button"
            role="menuitem"
            class={entry.danger ? "danger" : undefined}
            onClick={() => choose(entry)}
          >
            {entry.name}
            {entry.note && <span class="muted menu-note">{entry.note}</span>}
          </button>
        )
      )}
    </div>
  );
}
