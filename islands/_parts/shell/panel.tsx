/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/**
 * The panel at the right of a page: beside the content on wide screens, a drawer below 1100 pixels.
 *
 * @example
 * ```tsx ignore
 * <div class="page">
 *   <main class="content">… <PanelButton label="Outline" /> …</main>
 *   <Panel label="Outline and values">…</Panel>
 * </div>
 * ```
 */

import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ShellIcon } from "./shell_icons.tsx";

const ID = "right-panel";
/** From here on it stands beside the content. */
const WIDE = "(min-width: 1100px)";

/** Opens the drawer; not there on wide screens. */
export function PanelButton({ label }: { readonly label: string }): VNode {
  return (
    <button class="quiet icon panel-button" type="button" popovertarget={ID} aria-label={label} title={label}>
      <ShellIcon name="panel" />
    </button>
  );
}

/** The panel. There is one on a page. */
export function Panel({ label, children }: { readonly label: string; readonly children: ComponentChildren }): VNode {
  const box = useRef<HTMLElement>(null);
  useEffect(() => closeWhen(box.current!, WIDE), []);
  return (
    <aside class="panel" id={ID} popover="auto" aria-label={label} ref={box}>
      {children}
    </aside>
  );
}

/** Closes a drawer when the window has become so wide that it needs none. */
export function closeWhen(drawer: HTMLElement, query: string): () => void {
  const wide = matchMedia(query);
  const onChange = () => {
    if (wide.matches && drawer.matches(":popover-open")) drawer.hidePopover();
  };
  wide.addEventListener("change", onChange);
  return () => wide.removeEventListener("change", onChange);
}
