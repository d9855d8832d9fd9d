/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import { Icon } from "../icons.tsx";
import { lookOf } from "../status_badge.tsx";
import { ShellIcon, type ShellIconName } from "./shell_icons.tsx";
import type { NodeKind, TreeLine } from "./tree_model.ts";

/** What a row is told. */
export interface TreeRowProps {
  readonly line: TreeLine;
  /** Whether it is the page that is shown. */
  readonly isCurrent: boolean;
  /** Undefined: as the browser has it, until there is somebody who listens to arrows. */
  readonly tabIndex: number | undefined;
  onToggle(): void;
  onFocus(): void;
  /** Opens the menu at a place of the window; null: there is none. */
  readonly onMenu: ((x: number, y: number) => void) | null;
}

const ICONS: { readonly [kind in NodeKind]: ShellIconName | null } = {
  root: null,
  folder: null,
  notebook: "book",
  scenario: "scenario",
  batch: "batch",
  conversation: "conversation",
  domain: "domain",
  run: null,
  more: "list",
};

/** One row of the tree. */
export function TreeRow({ line, isCurrent, tabIndex, onToggle, onFocus, onMenu }: TreeRowProps): VNode {
  const { node, level, position, of, shown, open } = line;
  const icon = ICONS[node.kind];
  const inside = (
    <>
      {open !== null && <ShellIcon name="chevron" />}
      {icon !== null && <ShellIcon name={icon} />}
      {node.status !== undefined && <StatusDot status={node.status} />}
      <span class="tree-label">{node.label}</span>
      {node.tail !== undefined && <span class="tree-tail">{node.tail}</span>}
      {open !== null && level === 1 && <span class="tree-tail">{sizeOf(line)}</span>}
    </>
  );
  const common = {
    role: "treeitem" as const,
    "aria-level": level,
    "aria-posinset": position,
    "aria-setsize": of,
    "data-key": node.key,
    style: `--level:${level}`,
    tabIndex,
    onFocus,
  };
  if (open !== null) {
    return (
      <div
        {...common}
        class={`tree-row tree-${node.kind}`}
        aria-expanded={open}
        data-shut={shown ? undefined : ""}
        onClick={onToggle}
      >
        {inside}
      </div>
    );
  }
  return (
    <a
      {...common}
      class={`tree-row tree-${node.kind}`}
      href={node.href ?? "#"}
      title={node.hint}
      aria-current={isCurrent ? "page" : undefined}
      data-shut={shown ? undefined : ""}
      onContextMenu={onMenu === null ? undefined : (event) => {
        event.preventDefault();
        onMenu(event.clientX, event.clientY);
      }}
    >
      {inside}
      {onMenu !== null && (
        // For pointers only: keys have F2, Delete and the menu key.
        <span
          class="tree-dots"
          aria-hidden="true"
          onClick={(event) => {
            event.preventDefault();
            const { left, bottom } = event.currentTarget.getBoundingClientRect();
            onMenu(left, bottom);
          }}
        >
          <ShellIcon name="more" />
        </span>
      )}
    </a>
  );
}

/** Where a run is in its life: a sign and a colour, and for who hears it a word. */
function StatusDot({ status }: { readonly status: string }): VNode {
  const { icon, tone, word } = lookOf(status);
  return (
    <span class={`mark tone-${tone}`} data-status={status} title={word}>
      <Icon name={icon} />
      <span class="visually-hidden">{word}</span>
    </span>
  );
}

function sizeOf({ node }: TreeLine): string {
  const count = (nodes: typeof node.children): number =>
    (nodes ?? []).reduce((sum, { kind, children }) => sum + (children ? count(children) : kind === "more" ? 0 : 1), 0);
  return String(count(node.children));
}
