/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Puts the tree away and brings it back on wide screens, and sets its width. */

import type { TargetedKeyboardEvent, TargetedPointerEvent, VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { registerCommands, registerKeyHints } from "./_parts/shell/commands.ts";
import { keepCookie, keptValue } from "./_parts/shell/cookies.ts";
import { isPressed } from "./_parts/shell/keys.ts";
import { ShellIcon } from "./_parts/shell/shell_icons.tsx";
import { NARROWEST, STATE_COOKIE, stateOf, stateText, WIDEST, within } from "./_parts/shell/state.ts";

/** The button that puts the tree away. */
export function TreeToggle({ hidden: given }: { readonly hidden: boolean }): VNode {
  const [hidden, setHidden] = useState(given);
  const toggle = useRef(() => {});
  toggle.current = () => {
    const { dataset } = shell();
    if (hidden) delete dataset.tree;
    else dataset.tree = "hidden";
    keep({ hidden: !hidden });
    setHidden(!hidden);
  };
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !isPressed(event, "Mod-b")) return;
      event.preventDefault();
      toggle.current();
    };
    addEventListener("keydown", onKeyDown);
    const forget = registerCommands([
      {
        id: "tree-toggle",
        title: "Show or hide the tree",
        keys: "Mod-B",
        group: "Everywhere",
        run: () => toggle.current(),
      },
    ]);
    const forgetHints = registerKeyHints(TREE_KEYS);
    return () => {
      removeEventListener("keydown", onKeyDown);
      forget();
      forgetHints();
    };
  }, []);
  return (
    <button
      class="quiet icon only-wide needs-script"
      type="button"
      aria-label="Tree"
      aria-pressed={!hidden}
      aria-controls="tree"
      title={hidden ? "Show the tree" : "Hide the tree"}
      onClick={() => toggle.current()}
    >
      <ShellIcon name="sidebar" />
    </button>
  );
}

const TREE_KEYS = [
  { keys: "ArrowUp", title: "Row above", group: "Tree" },
  { keys: "ArrowDown", title: "Row below", group: "Tree" },
  { keys: "ArrowRight", title: "Open the folder, then go into it", group: "Tree" },
  { keys: "ArrowLeft", title: "Close the folder, then go out of it", group: "Tree" },
  { keys: "Enter", title: "Open", group: "Tree" },
  { keys: "F2", title: "Rename or move a notebook", group: "Tree" },
  { keys: "Delete", title: "Delete a notebook", group: "Tree" },
];

/** The edge between tree and page. */
export function TreeEdge({ width: given }: { readonly width: number }): VNode {
  const [width, setWidth] = useState(given);
  const change = (to: number, isDone: boolean) => {
    const next = within(to);
    shell().style.setProperty("--tree", `${next}px`);
    setWidth(next);
    if (isDone) keep({ width: next });
  };
  const onPointerDown = (event: TargetedPointerEvent<HTMLDivElement>) => {
    const edge = event.currentTarget;
    edge.setPointerCapture(event.pointerId);
    const onMove = (moved: PointerEvent) => change(moved.clientX, false);
    const onUp = (moved: PointerEvent) => {
      edge.removeEventListener("pointermove", onMove);
      change(moved.clientX, true);
    };
    edge.addEventListener("pointermove", onMove);
    edge.addEventListener("pointerup", onUp, { once: true });
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    const to = { ArrowLeft: width - 16, ArrowRight: width + 16, Home: NARROWEST, End: WIDEST }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    change(to, true);
  };
  return (
    <div
      class="tree-edge"
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the tree"
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}
      aria-valuenow={width}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onDblClick={() => change(240, true)}
    />
  );
}

/** What the tree and the page stand in. */
function shell(): HTMLElement {
  return document.querySelector<HTMLElement>(".shell")!;
}

function keep(change: { readonly hidden?: boolean; readonly width?: number }): void {
  keepCookie(STATE_COOKIE, stateText({ ...stateOf(keptValue(STATE_COOKIE)), ...change }));
}
