/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What is wrong with the text, and what a place in it means. */

import { useComputed } from "@preact/signals";
import type { VNode } from "preact";
import { Icon } from "../icons.tsx";
import { branchesAt, helpOf } from "./schema.ts";
import type { ScenarioSession } from "./session.ts";
import type { DraftIssue, ScenarioLook } from "./types.ts";
import { scalarsIn } from "./values.ts";

/** Findings that are listed. */
const MOST = 100;

/** What they are told. */
export interface FindingsProps {
  readonly look: ScenarioLook;
  /** Null: nothing can be gone to yet. */
  readonly session: ScenarioSession | null;
}

/** All findings, errors first, each a way to its line. */
export function Findings({ look: { draft, trouble }, session }: FindingsProps): VNode {
  const issues = sorted(draft?.issues ?? []);
  return (
    <section class="scenario-findings" id="findings" aria-label="Findings">
      <h2>Findings</h2>
      {trouble !== null && (
        <p class="issue tone-error">
          <Icon name="alert" />
          <span>
            {trouble.message}
            {trouble.hint && <span class="issue-hint">{trouble.hint}</span>}
          </span>
        </p>
      )}
      {draft === null
        ? trouble === null && <p class="muted">Looking…</p>
        : issues.length === 0
        ? (
          <p class="scenario-fine">
            <Icon name="check" /> Nothing is wrong with it.
          </p>
        )
        : (
          <ul>
            {issues.slice(0, MOST).map((issue, i) => (
              <li key={`${issue.line} ${issue.path} ${issue.code} ${i}`}>
                <Finding issue={issue} session={session} />
              </li>
            ))}
            {issues.length > MOST && <li class="muted">and {issues.length - MOST} more</li>}
          </ul>
        )}
    </section>
  );
}

const LOOKS = {
  error: { tone: "error", icon: "alert", word: "Error" },
  warning: { tone: "stale", icon: "alert", word: "Warning" },
  note: { tone: "queued", icon: "info", word: "Note" },
} as const;

function Finding({ issue, session }: { readonly issue: DraftIssue; readonly session: ScenarioSession | null }): VNode {
  const { severity, message, hint, line, path, file } = issue;
  const { tone, icon, word } = LOOKS[severity];
  const isHere = file === undefined && line !== undefined;
  const place = file !== undefined
    ? `${file}${line === undefined ? "" : `, line ${line}`}`
    : line === undefined
    ? path
    : `line ${line}`;
  const words = (
    <>
      <span class={`mark tone-${tone}`}>
        <Icon name={icon} /> {word}
      </span>
      {place !== "" && <span class="finding-place">{place}</span>}
      <span class="finding-words">{message}</span>
      {hint !== undefined && <span class="finding-hint">{hint}</span>}
    </>
  );
  if (!isHere) return <div class="finding">{words}</div>;
  return (
    <button type="button" class="finding" disabled={session === null} onClick={() => session?.goTo(line)}>
      {words}
    </button>
  );
}

const ORDER = { error: 0, warning: 1, note: 2 } as const;

function sorted(issues: readonly DraftIssue[]): DraftIssue[] {
  return issues.toSorted((a, b) =>
    ORDER[a.severity] - ORDER[b.severity] || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
  );
}

/** How many there are, as one reads it: `2 errors, 1 warning`; null: none. */
export function countsOf(issues: readonly DraftIssue[]): { readonly tone: string; readonly words: string } | null {
  const errors = issues.filter(({ severity }) => severity === "error").length;
  const warnings = issues.filter(({ severity }) => severity === "warning").length;
  if (errors + warnings === 0) return null;
  const words = [
    errors === 0 ? "" : `${errors} ${errors === 1 ? "error" : "errors"}`,
    warnings === 0 ? "" : `${warnings} ${warnings === 1 ? "warning" : "warnings"}`,
  ].filter((each) => each !== "").join(", ");
  return { tone: errors > 0 ? "error" : "stale", words };
}

/** What stands where the caret is. */
export function Here({ session }: { readonly session: ScenarioSession }): VNode | null {
  const found = useComputed(() => {
    const path = session.at.value;
    const schema = session.schema.value;
    if (schema === null || path.length === 0) return null;
    const help = helpOf(branchesAt(schema, path, scalarsIn(session.look.value.draft, path)));
    return help === null ? null : { path, help };
  });
  if (found.value === null) return null;
  const { path, help } = found.value;
  return (
    <section class="scenario-here" aria-label="At the caret">
      <h2>
        <code>{path.join(".")}</code>
      </h2>
      {help.kind !== "" && <p class="muted">{help.kind}</p>}
      {help.description !== "" && <p>{help.description}</p>}
      {help.standard !== null && <p class="muted">Default: {help.standard}</p>}
      {help.options.length > 0 && help.kind !== "true or false" && (
        <ul class="here-options">
          {help.options.map(({ value, description }) => (
            <li key={value}>
              <code>{value}</code>
              {description !== "" && <span class="muted">{description}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
