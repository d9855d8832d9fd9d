/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The panel at the right: outline, values, runs of the page. */

import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { Icon } from "../icons.tsx";
import { anchorOf } from "./anchor.ts";
import { short } from "../number_format.tsx";
import { Panel } from "../shell/panel.tsx";
import { lookOf } from "../status_badge.tsx";
import type { CellView, NotebookView } from "./types.ts";

const TABS = ["Outline", "Values", "Runs"] as const;

/** What it is told. */
export interface SidePanelProps {
  readonly view: NotebookView;
  /** Looks at a cell, by its id or name. */
  onGo(name: string): void;
}

/** The panel. */
export function SidePanel({ view, onGo }: SidePanelProps): VNode {
  const shown = useSignal<typeof TABS[number]>("Outline");
  const cells = view.pieces.filter((piece) => piece.kind === "cell");
  const step = (by: number) => {
    const next = TABS[(TABS.indexOf(shown.peek()) + by + TABS.length) % TABS.length]!;
    shown.value = next;
    document.getElementById(`panel-tab-${next}`)?.focus();
  };
  return (
    <Panel label="Outline, values, runs">
      <div class="tabs" role="tablist" aria-label="Panel">
        {TABS.map((name) => (
          <button
            key={name}
            id={`panel-tab-${name}`}
            type="button"
            class="quiet"
            role="tab"
            aria-selected={shown.value === name}
            aria-controls="panel-content"
            tabindex={shown.value === name ? 0 : -1}
            onClick={() => shown.value = name}
            onKeyDown={(event) => {
              if (event.key === "ArrowRight") step(1);
              if (event.key === "ArrowLeft") step(-1);
            }}
          >
            {name}
          </button>
        ))}
      </div>
      <div
        class="tab-content"
        id="panel-content"
        role="tabpanel"
        aria-labelledby={`panel-tab-${shown.value}`}
        tabindex={0}
      >
        {shown.value === "Outline"
          ? <Outline view={view} onGo={onGo} />
          : shown.value === "Values"
          ? <Values cells={cells} onGo={onGo} />
          : <Runs cells={cells} />}
      </div>
    </Panel>
  );
}

/** Headings, and the cells below each with where they stand. */
function Outline({ view, onGo }: SidePanelProps): VNode {
  const isEmpty = view.pieces.every((piece) =>
    piece.kind === "front" || (piece.kind === "prose" && piece.headings.length === 0)
  );
  if (isEmpty) return <p class="muted">Headings and cells will stand here.</p>;
  let depth = 0;
  return (
    <ul class="outline">
      {view.pieces.map((piece, i) => {
        if (piece.kind === "prose") {
          return piece.headings.map(({ level, text, anchor }) => {
            depth = level;
            return (
              <li key={anchor} class="outline-heading" style={{ paddingLeft: `${(level - 1) * 12}px` }}>
                <a href={`#${anchor}`}>{text}</a>
              </li>
            );
          });
        }
        if (piece.kind !== "cell") return null;
        const look = lookOf(piece.status);
        return (
          <li key={`${i} ${piece.name}`} style={{ paddingLeft: `${depth * 12}px` }}>
            <a
              href={`#${anchorOf(piece.id ?? piece.name)}`}
              onClick={(event) => {
                event.preventDefault();
                onGo(piece.id ?? piece.name);
              }}
            >
              <span class={`dot tone-${look.tone}`}>
                <Icon name={look.icon} />
              </span>
              <span class="outline-name">{piece.id ?? piece.name}</span>
              <span class="muted">{piece.cell}</span>
              <span class="visually-hidden">, {look.word}</span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}

/** What `${id}` is, and who reads it. */
function Values({ cells, onGo }: { readonly cells: readonly CellView[]; onGo(name: string): void }): VNode {
  const named = cells.filter(({ id }) => id !== null);
  if (named.length === 0) return <p class="muted">No cell has an id yet.</p>;
  return (
    <dl class="page-values">
      {named.map(({ id, cell, value, usedBy }) => (
        <div key={id!}>
          <dt>
            <a href={`#${id}`} onClick={(event) => (event.preventDefault(), onGo(id!))}>{id}</a>{" "}
            <span class="muted">{cell}</span>
          </dt>
          <dd>
            <Fields value={value} />
            {usedBy.length > 0 && <span class="muted">read by {usedBy.join(", ")}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Fields of a value that are shown at most. */
const MOST_FIELDS = 8;

function Fields({ value }: { readonly value: unknown }): VNode {
  if (value === undefined) return <span class="muted">nothing yet</span>;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return <code>{inShort(value)}</code>;
  const fields = Object.entries(value);
  return (
    <ul class="fields">
      {fields.slice(0, MOST_FIELDS).map(([name, field]) => (
        <li key={name}>
          <span class="muted">{name}</span> <code>{inShort(field)}</code>
        </li>
      ))}
      {fields.length > MOST_FIELDS && <li class="muted">{fields.length - MOST_FIELDS} more</li>}
    </ul>
  );
}

function inShort(value: unknown): string {
  if (typeof value === "number") return short(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** Runs and batches behind the page. */
function Runs({ cells }: { readonly cells: readonly CellView[] }): VNode {
  const found = cells.flatMap(({ id, name, status, provenance, output }) => {
    const batch = output?.type === "batch" ? output.batch.id : provenance?.batch_id;
    const run = output?.type === "run" ? output.run_id : provenance?.run_id;
    if (output === null || !["run", "batch", "conversation"].includes(output.type)) return [];
    const href = batch !== undefined
      ? `/batches/${encodeURIComponent(batch)}`
      : `/runs/${encodeURIComponent(run ?? "")}`;
    return [{ name: id ?? name, status, of: batch ?? run ?? "", href }];
  });
  if (found.length === 0) return <p class="muted">Nothing was run for this page yet.</p>;
  return (
    <ul class="panel-runs">
      {found.map(({ name, status, of, href }) => {
        const look = lookOf(status);
        return (
          <li key={name}>
            <span class={`dot tone-${look.tone}`}>
              <Icon name={look.icon} />
            </span>
            <span>
              {name} <span class="muted">{look.word}</span>
              <br />
              <a class="id" href={href}>{of}</a>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
