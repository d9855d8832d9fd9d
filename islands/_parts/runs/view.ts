/** Which runs a list shows, and in what order: what its address says, and what the server is asked for. */

import type { RunRow, RunTally } from "../../../runner/mod.ts";

export type { RunRow, RunTally };

/** The statuses, as a run passes through them. */
export const STATUSES = ["queued", "running", "paused", "interrupted", "completed", "failed", "cancelled"] as const;
/** What results are worth. */
export const VALIDITIES = ["valid", "degraded", "void"] as const;
/** What a list can be sorted by, and how people say it. */
export const SORTS = {
  created: "started",
  name: "name",
  id: "run id",
  status: "status",
  progress: "progress",
  seconds: "duration",
  seed: "seed",
  cost: "cost",
  validity: "validity",
  labels: "labels",
  batch: "batch",
  parent: "parent",
} as const;
/** One of them. */
export type SortKey = keyof typeof SORTS;

/** Texts that narrow a list. */
export const TEXTS = ["text", "repo", "validity", "scenario", "label", "batch"] as const;

/** A list. What is empty narrows nothing. */
export interface RunsView {
  readonly status: readonly string[];
  /** Part of the id, of the name or of the scenario's path. */
  readonly text: string;
  readonly repo: string;
  readonly validity: string;
  /** Path of the scenario, or its end. */
  readonly scenario: string;
  /** `key` or `key=value`. */
  readonly label: string;
  readonly batch: string;
  readonly sort: SortKey;
  readonly descending: boolean;
  /** Runs of one domain stand together. */
  readonly grouped: boolean;
}

/** All runs, the newest first. */
export const EVERY_RUN: RunsView = {
  status: [],
  text: "",
  repo: "",
  validity: "",
  scenario: "",
  label: "",
  batch: "",
  sort: "created",
  descending: true,
  grouped: false,
};

/** Longest text that narrows. */
const LONGEST = 200;

/** What an address says; what means nothing is passed over. */
export function viewOf(params: URLSearchParams): RunsView {
  const text = (name: string) => (params.get(name) ?? "").slice(0, LONGEST);
  const statuses = new Set(params.getAll("status").flatMap((value) => value.split(",")));
  const sort = params.get("sort") ?? "";
  const by = sort.replace(/^-/, "");
  const isKnown = Object.hasOwn(SORTS, by);
  const validity = text("validity");
  return {
    status: STATUSES.filter((status) => statuses.has(status)),
    text: text("text"),
    repo: text("repo"),
    validity: (VALIDITIES as readonly string[]).includes(validity) ? validity : "",
    scenario: text("scenario"),
    label: text("label"),
    batch: text("batch"),
    sort: isKnown ? by as SortKey : "created",
    descending: !isKnown || sort.startsWith("-"),
    grouped: params.get("group") === "repo",
  };
}

/** The query of an address, with its `?`; empty for all runs, newest first. */
export function searchOf(view: RunsView): string {
  const query = conditionsOf(view);
  const sort = `${view.descending ? "-" : ""}${view.sort}`;
  if (sort !== "-created") query.set("sort", sort);
  if (view.grouped) query.set("group", "repo");
  return query.size === 0 ? "" : `?${query.toString().replaceAll("%2C", ",")}`;
}

/** The address of a list's page. */
export function runsUrl(view: RunsView): string {
  return `/runs${searchOf(view)}`;
}

/** What the server is asked for: conditions, and for rows the order too. */
export function requestOf(view: RunsView, part?: { readonly offset: number; readonly limit: number }): string {
  const query = conditionsOf(view);
  if (query.has("text")) {
    query.set("q", query.get("text")!);
    query.delete("text");
  }
  if (part === undefined) return `/api/simulations/tally?${query}`;
  query.set("sort", `${view.descending ? "-" : ""}${view.sort}`);
  if (view.grouped) query.set("group", "repo");
  query.set("offset", String(part.offset));
  query.set("limit", String(part.limit));
  return `/api/simulations?${query}`;
}

function conditionsOf(view: RunsView): URLSearchParams {
  const query = new URLSearchParams();
  if (view.status.length > 0) query.set("status", view.status.join(","));
  for (const name of TEXTS) if (view[name] !== "") query.set(name, view[name]);
  return query;
}

/** How many conditions a list has. */
export function conditionsIn(view: RunsView): number {
  return TEXTS.filter((name) => view[name] !== "").length + (view.status.length > 0 ? 1 : 0);
}

/** Whether a run is in a list, as the server would say. */
export function matches(view: RunsView, row: RunRow): boolean {
  const { status, text, repo, validity, scenario, label, batch } = view;
  const path = row.scenario_path ?? "";
  if (status.length > 0 && !status.includes(row.status)) return false;
  if (repo !== "" && row.repo !== repo) return false;
  if (validity !== "" && row.validity !== validity) return false;
  if (batch !== "" && row.batch_id !== batch) return false;
  if (scenario !== "" && path !== scenario && !path.endsWith(`/${scenario}`)) return false;
  if (text !== "" && ![row.run_id, row.name, path].some((part) => part.includes(text))) return false;
  if (label === "") return true;
  const [key, ...value] = label.split("=");
  const stored = Object.hasOwn(row.labels, key!) ? row.labels[key!] : undefined;
  return value.length === 0 ? stored !== undefined : stored === value.join("=");
}

/** The order when a column's head is pressed: the same one turns round; what is greatest is asked for first. */
export function sortedBy(view: RunsView, sort: SortKey): RunsView {
  if (view.sort === sort) return { ...view, descending: !view.descending };
  return { ...view, sort, descending: ["created", "progress", "seconds", "cost"].includes(sort) };
}

/** What narrows a list and has counts. */
export const FACETS = ["status", "repo", "validity"] as const;
/** How many runs there are of each kind, the kind itself not narrowed. */
export type Facets = Pick<RunTally, typeof FACETS[number]>;

/** The lists whose counts are needed: the view itself, and of each facet that narrows it the one without. */
export function tallied(view: RunsView): (readonly [facet: typeof FACETS[number] | null, view: RunsView])[] {
  return [
    [null, view],
    ...FACETS.filter((facet) => view[facet].length > 0).map((facet) =>
      [facet, { ...view, [facet]: facet === "status" ? [] : "" }] as const
    ),
  ];
}

/** The counts of a view from those that {@linkcode tallied} asks for, in the same order. */
export function facetsOf(view: RunsView, tallies: readonly RunTally[]): Facets {
  const facets: { -readonly [facet in keyof Facets]: Facets[facet] } = { ...tallies[0]! };
  tallied(view).forEach(([facet], i) => {
    if (facet !== null) facets[facet] = tallies[i]![facet];
  });
  return { status: facets.status, repo: facets.repo, validity: facets.validity };
}
