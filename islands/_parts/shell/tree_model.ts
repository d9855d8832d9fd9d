/** The tree beside every page as rows: which there are, which are shown, and where a key leads from one of them. */

/** What `GET /api/tree` answers, as far as the tree shows it. */
export interface TreeData {
  readonly notebooks: readonly { readonly path: string; readonly title: string; readonly readonly: boolean }[];
  readonly scenarios: readonly { readonly repo: string; readonly config: string; readonly kind: string }[];
  readonly domains: readonly { readonly name: string; readonly status: string }[];
  readonly runs: readonly TreeRun[];
}

/** A run, as far as the tree shows it. */
export interface TreeRun {
  readonly run_id: string;
  readonly name: string;
  readonly status: string;
  readonly repo: string;
  readonly current_turn: number;
  readonly max_turns: number;
  readonly created_at: string;
}

/** What a row stands for. */
export type NodeKind =
  | "root"
  | "folder"
  | "notebook"
  | "scenario"
  | "batch"
  | "conversation"
  | "domain"
  | "run"
  | "more";

/** A node of the tree. */
export interface TreeNode {
  /** Unique, and the same as long as the thing is there. */
  readonly key: string;
  readonly kind: NodeKind;
  readonly label: string;
  /** Null: it only opens and closes. */
  readonly href: string | null;
  /** All that is known of it in a few words. */
  readonly hint?: string;
  readonly status?: string;
  /** A few characters at the end of the row. */
  readonly tail?: string;
  /** Path of a notebook that may be renamed and removed. */
  readonly file?: string;
  readonly children?: readonly TreeNode[];
}

/** A node at its place. */
export interface TreeLine {
  readonly node: TreeNode;
  /** From 1. */
  readonly level: number;
  readonly parent: string | null;
  readonly position: number;
  readonly of: number;
  /** Whether every folder that it is in is open. */
  readonly shown: boolean;
  /** Null: it has no children. */
  readonly open: boolean | null;
}

/** The four roots with all below them. @param now milliseconds since 1970, for ages */
export function nodesOf(tree: TreeData, now: number): TreeNode[] {
  return [
    { key: "notebooks", kind: "root", label: "Notebooks", href: null, children: notebookNodes(tree.notebooks) },
    {
      key: "scenarios",
      kind: "root",
      label: "Scenarios",
      href: null,
      children: [
        { key: "scenarios/", kind: "more", label: "All scenarios", href: "/scenarios" },
        ...scenarioNodes(tree.scenarios),
      ],
    },
    {
      key: "domains",
      kind: "root",
      label: "Domains",
      href: null,
      children: [
        { key: "domains/", kind: "more", label: "All domains", href: "/domains" },
        ...tree.domains.map(domainNode),
      ],
    },
    {
      key: "runs",
      kind: "root",
      label: "Runs",
      href: null,
      children: [
        { key: "runs/", kind: "more", label: "All runs", href: "/runs" },
        ...tree.runs.map((run) => runNode(run, now)),
      ],
    },
  ];
}

/** Address of a notebook's page. */
export function notebookUrl(path: string): string {
  return `/notebooks/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** Address of a scenario file's page. */
export function scenarioUrl(repo: string, config: string): string {
  return `/scenarios/${[repo, ...config.split("/")].map(encodeURIComponent).join("/")}`;
}

/** Address of a run's page. */
export function runUrl(runId: string): string {
  return `/runs/${encodeURIComponent(runId)}`;
}

/** Folders before files, both by name. */
function notebookNodes(notebooks: TreeData["notebooks"], below = ""): TreeNode[] {
  const folders = new Map<string, TreeData["notebooks"][number][]>();
  const files: TreeNode[] = [];
  for (const notebook of notebooks) {
    const rest = notebook.path.slice(below.length);
    const slash = rest.indexOf("/");
    if (slash < 0) files.push(notebookNode(notebook));
    else folders.set(rest.slice(0, slash), [...folders.get(rest.slice(0, slash)) ?? [], notebook]);
  }
  const folderNodes = [...folders].map(([name, inside]): TreeNode => ({
    key: `notebooks/${below}${name}/`,
    kind: "folder",
    label: name,
    href: null,
    children: notebookNodes(inside, `${below}${name}/`),
  }));
  return [...folderNodes.sort(byLabel), ...files.sort(byLabel)];
}

function notebookNode({ path, title, readonly }: TreeData["notebooks"][number]): TreeNode {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.md$/, "");
  return {
    key: `notebooks/${path}`,
    kind: "notebook",
    label: name,
    href: notebookUrl(path),
    hint: title === "" ? path : `${title} (${path})`,
    ...(readonly ? {} : { file: path }),
  };
}

function scenarioNodes(scenarios: TreeData["scenarios"]): TreeNode[] {
  return [...Map.groupBy(scenarios, ({ repo }) => repo)].map(([repo, files]): TreeNode => ({
    key: `scenarios/${repo}`,
    kind: "folder",
    label: repo,
    href: null,
    children: files.map(({ config, kind }): TreeNode => ({
      key: `scenarios/${repo}/${config}`,
      kind: kind === "batch" || kind === "conversation" ? kind : "scenario",
      label: config.slice(config.lastIndexOf("/") + 1).replace(/\.ya?ml$/, ""),
      href: scenarioUrl(repo, config),
      hint: `${kind} ${repo}/${config}`,
    })),
  }));
}

function domainNode({ name, status }: TreeData["domains"][number]): TreeNode {
  return {
    key: `domains/${name}`,
    kind: "domain",
    label: name,
    href: `/domains/${encodeURIComponent(name)}`,
    ...(status !== "ok" && { status, hint: `${name}: ${status}` }),
  };
}

function runNode(run: TreeRun, now: number): TreeNode {
  const { run_id, name, status, current_turn, max_turns, created_at } = run;
  return {
    key: `runs/${run_id}`,
    kind: "run",
    label: name === "" ? run_id : name,
    href: runUrl(run_id),
    hint: `${run_id}: ${status}, turn ${current_turn} of ${max_turns}`,
    status,
    tail: status === "running" ? `${current_turn}/${max_turns}` : shortAge(created_at, now),
  };
}

/** `12 s`, `5 m`, `3 h`, `2 d`. */
export function shortAge(iso: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 60) return "now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

function byLabel(a: TreeNode, b: TreeNode): number {
  return a.label < b.label ? -1 : 1;
}

/** What has the words in it, with the folders that lead there. */
export function filteredNodes(nodes: readonly TreeNode[], query: string): TreeNode[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return [...nodes];
  const keep = (node: TreeNode): TreeNode[] => {
    if (node.children === undefined) {
      const text = `${node.key} ${node.label} ${node.hint ?? ""}`.toLowerCase();
      return node.kind !== "more" && words.every((word) => text.includes(word)) ? [node] : [];
    }
    const children = node.children.flatMap(keep);
    return children.length > 0 ? [{ ...node, children }] : [];
  };
  return nodes.flatMap(keep);
}

/** All nodes from top to bottom. @param open keys of open folders; null: all are */
export function linesOf(nodes: readonly TreeNode[], open: ReadonlySet<string> | null): TreeLine[] {
  const lines: TreeLine[] = [];
  const visit = (siblings: readonly TreeNode[], level: number, parent: string | null, shown: boolean): void => {
    for (const [i, node] of siblings.entries()) {
      const isOpen = node.children === undefined ? null : open === null || open.has(node.key);
      lines.push({ node, level, parent, position: i + 1, of: siblings.length, shown, open: isOpen });
      visit(node.children ?? [], level + 1, node.key, shown && isOpen === true);
    }
  };
  visit(nodes, 1, null, true);
  return lines;
}

/** Keys of the folders around the node with this address. */
export function foldersAround(nodes: readonly TreeNode[], href: string): string[] {
  for (const node of nodes) {
    if (node.children === undefined) continue;
    if (node.children.some((child) => child.href === href)) return [node.key];
    const inner = foldersAround(node.children, href);
    if (inner.length > 0) return [node.key, ...inner];
  }
  return [];
}

/** What a key does in the tree. */
export type TreeMove =
  | { readonly go: string }
  | { readonly open: string }
  | { readonly shut: string }
  | null;

/** Where a key leads, by the rules for trees of the ARIA Authoring Practices. @param at key of the active row */
export function moveOf(lines: readonly TreeLine[], at: string | null, key: string): TreeMove {
  const shown = lines.filter((line) => line.shown);
  const i = shown.findIndex(({ node }) => node.key === at);
  const line = shown[i];
  const go = (index: number): TreeMove => {
    const target = shown[Math.max(0, Math.min(shown.length - 1, index))];
    return target === undefined ? null : { go: target.node.key };
  };
  switch (key) {
    case "ArrowDown":
      return go(i + 1);
    case "ArrowUp":
      return go(i < 0 ? 0 : i - 1);
    case "Home":
      return go(0);
    case "End":
      return go(shown.length - 1);
    case "ArrowRight":
      if (line === undefined || line.open === null) return null;
      return line.open ? (line.node.children!.length > 0 ? go(i + 1) : null) : { open: line.node.key };
    case "ArrowLeft":
      if (line === undefined) return null;
      if (line.open === true) return { shut: line.node.key };
      return line.parent === null ? null : { go: line.parent };
    default:
      return typed(shown, i, key);
  }
}

/** The next row that begins with a letter. */
function typed(shown: readonly TreeLine[], i: number, key: string): TreeMove {
  if ([...key].length !== 1 || !/[\p{L}\p{N}]/u.test(key)) return null;
  const after = [...shown.slice(i + 1), ...shown.slice(0, Math.max(0, i))];
  const next = after.find(({ node }) => node.label.toLowerCase().startsWith(key.toLowerCase()));
  return next === undefined ? null : { go: next.node.key };
}
