/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What differs from the file on disk, and what the text is with the files that it extends. */

import { useComputed } from "@preact/signals";
import type { VNode } from "preact";
import { type DiffLine, diffLines, hunksOf } from "./line_diff.ts";
import type { ScenarioSession } from "./session.ts";
import type { Origin } from "./types.ts";

/** Lines that are shown. */
const MOST = 3000;

const SIGNS = { same: " ", added: "+", removed: "−" } as const;
const WORDS = { same: "", added: "added", removed: "removed" } as const;

/** How the text differs from what is saved. */
export function Changes({ session }: { readonly session: ScenarioSession }): VNode {
  const hunks = useComputed(() => hunksOf(diffLines(session.saved.value, session.text.value)));
  if (session.text.value === session.saved.value) {
    return <p class="empty">Nothing differs from the file on disk.</p>;
  }
  if (hunks.value.length === 0) return <p class="empty">Only ends of lines differ from the file on disk.</p>;
  return (
    <div class="scenario-lines" role="region" tabIndex={0} aria-label="Changes">
      {hunks.value.map((hunk, i) => (
        <table key={i} class="diff">
          <caption class="visually-hidden">From line {hunk[0]!.after ?? hunk[0]!.before}</caption>
          <tbody>
            {hunk.slice(0, MOST).map((line) => <Line key={`${line.before} ${line.after}`} line={line} />)}
          </tbody>
        </table>
      ))}
    </div>
  );
}

function Line({ line: { type, text, before, after } }: { readonly line: DiffLine }): VNode {
  return (
    <tr class={`diff-${type}`}>
      <td class="line-number">{before}</td>
      <td class="line-number">{after}</td>
      <td class="diff-sign">
        <span aria-hidden="true">{SIGNS[type]}</span>
        <span class="visually-hidden">{WORDS[type]}</span>
      </td>
      <td class="line-text">{text}</td>
    </tr>
  );
}

/** The text with the files that it extends, and where each line comes from. */
export function Resolved({ session }: { readonly session: ScenarioSession }): VNode {
  const { draft } = session.look.value;
  if (draft === null) return <p class="empty">It is not known what the text says.</p>;
  if (draft.merged === null) {
    const isBroken = draft.written === null;
    return (
      <p class="empty">
        {isBroken
          ? "The text cannot be read: its findings say why."
          : "It extends no other file: what holds is what it says."}
      </p>
    );
  }
  const { text, origins } = draft.merged;
  const lines = text.replace(/\n$/, "").split("\n");
  return (
    <div class="scenario-lines" role="region" tabIndex={0} aria-label="Resolved">
      <table class="resolved">
        <thead class="visually-hidden">
          <tr>
            <th scope="col">Text</th>
            <th scope="col">Written in</th>
          </tr>
        </thead>
        <tbody>
          {lines.slice(0, MOST).map((line, i) => (
            <tr key={i}>
              <td class="line-text">{line}</td>
              <td class="line-origin">
                <From origin={origins[i] ?? null} session={session} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {lines.length > MOST && <p class="muted">and {lines.length - MOST} lines more</p>}
    </div>
  );
}

function From(
  { origin, session }: { readonly origin: Origin | null; readonly session: ScenarioSession },
): VNode | null {
  if (origin === null) return null;
  const name = origin.file.slice(origin.file.lastIndexOf("/") + 1);
  const isHere = name === session.start.config.slice(session.start.config.lastIndexOf("/") + 1);
  if (!isHere) return <span class="muted" title={`${origin.file}, line ${origin.line}`}>{name}:{origin.line}</span>;
  return (
    <button type="button" class="plain" title="Show it in the text" onClick={() => session.goTo(origin.line)}>
      here:{origin.line}
    </button>
  );
}
