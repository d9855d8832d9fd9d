/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The tree beside every page: notebooks, scenarios, domains, runs. Without JavaScript all of it is open. */

import type { TargetedKeyboardEvent, VNode } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { announce } from "./_parts/announce.ts";
import { registerCommands } from "./_parts/shell/commands.ts";
import { keepCookie, keptValue } from "./_parts/shell/cookies.ts";
import { createNotebook, removeNotebook, renameNotebook } from "./_parts/shell/notebook_files.ts";
import { ShellIcon } from "./_parts/shell/shell_icons.tsx";
import { type ShellState, STATE_COOKIE, stateOf, stateText } from "./_parts/shell/state.ts";
import { toastError } from "./_parts/shell/toasts.ts";
import { filteredNodes, foldersAround, linesOf, moveOf, nodesOf, type TreeData } from "./_parts/shell/tree_model.ts";
import { TreeRow } from "./_parts/shell/tree_row.tsx";
import { refreshTree, tree as knownTree, treeRequest } from "./_parts/shell/tree_store.ts";
import { TreeMenu, type TreeMenuAt } from "./_parts/shell/tree_menu.tsx";

/** What the tree is told by the server. */
export interface ShellTreeProps {
  readonly tree: TreeData;
  readonly state: ShellState;
  /** Path of the page that is shown. */
  readonly here: string;
  /** Whether who looks may write notebooks. */
  readonly mayEdit: boolean;
  /** Milliseconds since 1970: ages are told as of then. */
  readonly now: number;
}

/** A name that is being typed: of a new notebook, or another one of `path`. */
interface Naming {
  readonly path: string | null;
  readonly value: string;
}

/** The tree. */
export default function ShellTree({ tree: given, state, here, mayEdit, now }: ShellTreeProps): VNode {
  const data = knownTree.value ?? given;
  const [live, setLive] = useState(false);
  const [query, setQuery] = useState("");
  const nodes = useMemo(() => nodesOf(data, live ? Date.now() : now), [data]);
  const [open, setOpen] = useState<ReadonlySet<string>>(
    () => new Set([...state.open, ...foldersAround(nodes, here)]),
  );
  const [active, setActive] = useState<string | null>(null);
  const [naming, setNaming] = useState<Naming | null>(null);
  const [menu, setMenu] = useState<TreeMenuAt | null>(null);
  const box = useRef<HTMLDivElement>(null);

  const isFiltered = query.trim() !== "";
  const lines = useMemo(
    () => linesOf(filteredNodes(nodes, query), isFiltered ? null : open),
    [nodes, query, open],
  );
  const current = lines.find(({ node }) => node.href === here)?.node.key ?? null;
  const shown = lines.filter((line) => line.shown);
  const focusable = shown.some(({ node }) => node.key === active)
    ? active
    : shown.some(({ node }) => node.key === current)
    ? current
    : shown[0]?.node.key ?? null;

  useEffect(() => {
    if (knownTree.peek() === null) knownTree.value = given;
    setLive(true);
    const refresh = () => {
      if (document.visibilityState === "visible") refreshTree().catch(() => {/* it stays as it was */});
    };
    document.addEventListener("visibilitychange", refresh);
    refresh();
    box.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: "nearest" });
    return () => document.removeEventListener("visibilitychange", refresh);
  }, []);

  useEffect(() =>
    treeRequest.subscribe((request) => {
      if (request === null) return;
      treeRequest.value = null;
      if (request.verb === "new") setNaming({ path: null, value: "" });
      else if (request.path === undefined) return;
      else if (request.verb === "rename") setNaming({ path: request.path, value: request.path });
      else remove(request.path);
    }), []);

  const ownFile = lines.find(({ node }) => node.key === current)?.node.file;
  useEffect(() => {
    if (ownFile === undefined || !mayEdit) return;
    return registerCommands([
      { id: "rename", title: "Rename or move this notebook", run: () => begin({ path: ownFile, value: ownFile }) },
      { id: "remove", title: "Delete this notebook", run: () => remove(ownFile) },
    ]);
  }, [ownFile]);

  const arrange = (next: ReadonlySet<string>) => {
    setOpen(next);
    keepCookie(STATE_COOKIE, stateText({ ...stateOf(keptValue(STATE_COOKIE)), open: [...next] }));
  };
  const toggle = (key: string, to = !open.has(key)) => {
    const next = new Set(open);
    if (to) next.add(key);
    else next.delete(key);
    arrange(next);
  };
  const focus = (key: string) => {
    setActive(key);
    box.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
  };
  const begin = (next: Naming) => {
    setMenu(null);
    if (next.path === null && !open.has("notebooks")) toggle("notebooks", true);
    setNaming(next);
  };
  const remove = (path: string) => {
    setMenu(null);
    removeNotebook(path, here).catch((error) => toastError(`${path} was not deleted`, error));
  };
  const name = async (to: string) => {
    const { path } = naming!;
    setNaming(null);
    if (to.trim() === "" || to === path) return;
    try {
      if (path === null) await createNotebook(to);
      else await renameNotebook(path, to, here);
    } catch (error) {
      toastError(path === null ? "The notebook was not made" : `${path} was not renamed`, error);
    }
  };

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const line = lines.find(({ node }) => node.key === focusable);
    const file = line?.node.file;
    if ((event.key === "Enter" || event.key === " ") && line !== undefined && line.open !== null) toggle(line.node.key);
    else if (event.key === " " && line?.node.href) location.assign(line.node.href);
    else if (event.key === "F2" && file !== undefined && mayEdit) begin({ path: file, value: file });
    else if (event.key === "Delete" && file !== undefined && mayEdit) remove(file);
    else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      if (file === undefined) return;
      const row = box.current!.querySelector(`[data-key="${CSS.escape(line!.node.key)}"]`)!.getBoundingClientRect();
      setMenu({ path: file, href: line!.node.href!, x: row.left + 24, y: row.bottom });
    } else {
      const move = moveOf(lines, focusable, event.key);
      if (move === null) return;
      if ("go" in move) focus(move.go);
      else if (!isFiltered) toggle("open" in move ? move.open : move.shut, "open" in move);
    }
    event.preventDefault();
  };

  const onFilterKey = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    const first = shown.find(({ node }) => node.href !== null) ?? shown[0];
    if (event.key === "Escape" && query !== "") {
      setQuery("");
      event.preventDefault();
    } else if (event.key === "ArrowDown" && first !== undefined) {
      focus(first.node.key);
      event.preventDefault();
    } else if (event.key === "Enter" && isFiltered && first?.node.href) location.assign(first.node.href);
  };

  return (
    <div class="tree">
      <div class="tree-top">
        <label class="tree-filter">
          <span class="visually-hidden">Filter the tree</span>
          <ShellIcon name="search" />
          <input
            type="search"
            value={query}
            placeholder="Filter"
            spellcheck={false}
            onInput={(event) => setQuery(event.currentTarget.value)}
            onKeyDown={onFilterKey}
            onBlur={() => isFiltered && announce(`${shown.length} entries`)}
          />
        </label>
        {mayEdit && (
          <button
            class="quiet icon needs-script"
            type="button"
            title="New notebook"
            aria-label="New notebook"
            onClick={() => begin({ path: null, value: "" })}
          >
            <ShellIcon name="plus" />
          </button>
        )}
      </div>
      {naming !== null && naming.path === null && <NameField naming={naming} onName={name} />}
      <div class="tree-rows" role="tree" aria-label="Files and runs" ref={box} onKeyDown={onKeyDown}>
        {lines.map((line) =>
          naming !== null && naming.path !== null && line.node.file === naming.path
            ? <NameField key={line.node.key} naming={naming} onName={name} level={line.level} />
            : (
              <TreeRow
                key={line.node.key}
                line={line}
                isCurrent={line.node.key === current}
                tabIndex={live ? (line.node.key === focusable ? 0 : -1) : undefined}
                onToggle={() => {
                  setActive(line.node.key);
                  if (!isFiltered) toggle(line.node.key);
                }}
                onFocus={() => setActive(line.node.key)}
                onMenu={mayEdit && line.node.file !== undefined
                  ? (x, y) => setMenu({ path: line.node.file!, href: line.node.href!, x, y })
                  : null}
              />
            )
        )}
      </div>
      {isFiltered && lines.length === 0 && <p class="tree-none" role="status">Nothing has “{query.trim()}” in it.</p>}
      {menu !== null && (
        <TreeMenu
          at={menu}
          onRename={() => begin({ path: menu.path, value: menu.path })}
          onRemove={() => remove(menu.path)}
          onClose={() => {
            setMenu(null);
            if (focusable !== null) focus(focusable);
          }}
        />
      )}
    </div>
  );
}

interface NameFieldProps {
  readonly naming: Naming;
  readonly level?: number;
  onName(to: string): void;
}

/** Where a name is typed. Enter and leaving it take it, Escape does not. */
function NameField({ naming: { path, value }, level = 2, onName }: NameFieldProps): VNode {
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  const end = (to: string) => {
    if (done.current) return;
    done.current = true;
    onName(to);
  };
  useLayoutEffect(() => {
    const input = field.current!;
    input.focus();
    const from = input.value.lastIndexOf("/") + 1;
    input.setSelectionRange(from, Math.max(from, input.value.length - 3));
  }, []);
  return (
    <div class="tree-naming" role={path === null ? undefined : "treeitem"} style={`--level:${level}`}>
      <input
        ref={field}
        defaultValue={value}
        aria-label={path === null ? "Path of the new notebook" : `New path of ${path}`}
        placeholder="folder/name.md"
        spellcheck={false}
        maxLength={200}
        onKeyDown={(event) => {
          if (event.key === "Enter") end(event.currentTarget.value);
          else if (event.key === "Escape") end("");
          event.stopPropagation();
        }}
        onBlur={(event) => end(path === null ? "" : event.currentTarget.value)}
      />
    </div>
  );
}
