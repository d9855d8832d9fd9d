/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { TargetedKeyboardEvent, VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { ShellIcon } from "./shell_icons.tsx";

/** What the menu is of, and where it opens. */
export interface TreeMenuAt {
  readonly path: string;
  readonly href: string;
  readonly x: number;
  readonly y: number;
}

/** What the menu is told. */
export interface TreeMenuProps {
  readonly at: TreeMenuAt;
  onRename(): void;
  onRemove(): void;
  onClose(): void;
}

/** What can be done with a notebook. */
export function TreeMenu({ at, onRename, onRemove, onClose }: TreeMenuProps): VNode {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const menu = box.current!;
    menu.showPopover();
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(at.x, innerWidth - width - 4))}px`;
    menu.style.top = `${Math.max(4, Math.min(at.y, innerHeight - height - 4))}px`;
    menu.querySelector<HTMLElement>("button")!.focus();
  }, [at]);
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    const items = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[(at + step + items.length) % items.length]!.focus();
    event.preventDefault();
  };
  return (
    <div
      class="menu"
      role="menu"
      aria-label={at.path}
      popover="auto"
      ref={box}
      onKeyDown={onKeyDown}
      onToggle={(event) => event.newState === "closed" && onClose()}
    >
      <button type="button" role="menuitem" onClick={() => open(at.href, "_blank", "noopener")}>
        <ShellIcon name="panel" /> Open in a new tab
      </button>
      <button type="button" role="menuitem" onClick={onRename}>
        <ShellIcon name="pencil" /> Rename or move <kbd>F2</kbd>
      </button>
      <button type="button" role="menuitem" class="danger" onClick={onRemove}>
        <ShellIcon name="trash" /> Delete <kbd>Del</kbd>
      </button>
    </div>
  );
}
