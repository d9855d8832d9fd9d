/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Where something stands: icon, word and number, never colour alone. */

import type { VNode } from "preact";
import { Icon, type IconName } from "./icons.tsx";

/** The colours of a status: custom properties `--TONE` and `--TONE-bg`. */
export type Tone = "queued" | "running" | "done" | "cached" | "stale" | "error";

interface Look {
  readonly icon: IconName;
  readonly tone: Tone;
  /** Where it is not the status itself. */
  readonly word?: string;
}

/** Of cells, runs, batches, conversations and verdicts. */
const LOOKS: { readonly [status: string]: Look } = {
  fresh: { icon: "check", tone: "done", word: "done" },
  cached: { icon: "bolt", tone: "cached" },
  stale: { icon: "alert", tone: "stale" },
  queued: { icon: "clock", tone: "queued" },
  running: { icon: "spin", tone: "running" },
  paused: { icon: "pause", tone: "queued" },
  interrupted: { icon: "pause", tone: "stale" },
  failed: { icon: "x", tone: "error" },
  blocked: { icon: "lock", tone: "queued" },
  error: { icon: "alert", tone: "error" },
  off: { icon: "minus", tone: "queued" },
  reserved: { icon: "lock", tone: "queued" },
  completed: { icon: "check", tone: "done" },
  cancelled: { icon: "minus", tone: "queued" },
  pending: { icon: "circle", tone: "queued" },
  planned: { icon: "circle", tone: "queued" },
  failed_to_start: { icon: "x", tone: "error", word: "could not start" },
  removed: { icon: "x", tone: "error" },
  broken: { icon: "x", tone: "error" },
  checking: { icon: "spin", tone: "running", word: "being checked" },
  idle: { icon: "pause", tone: "queued", word: "waits" },
  finished: { icon: "check", tone: "done" },
  aligned: { icon: "check", tone: "done" },
  misaligned: { icon: "x", tone: "error" },
  unclear: { icon: "info", tone: "stale" },
  valid: { icon: "check", tone: "done" },
  degraded: { icon: "alert", tone: "stale" },
  void: { icon: "x", tone: "error" },
  waiting: { icon: "user", tone: "stale" },
  lost: { icon: "alert", tone: "stale" },
};

/** How a status looks; one that nobody knows is shown as it is. */
export function lookOf(status: string): Required<Look> {
  const look = Object.hasOwn(LOOKS, status) ? LOOKS[status]! : { icon: "info", tone: "queued" } as const;
  return { word: status.replaceAll("_", " "), ...look };
}

/** Reasons that are one word to programs. */
const REASONS: { readonly [reason: string]: string } = {
  max_turns: "all turns played",
  user_finished: "the user was done",
  user_done: "the user was done",
};

/** Why it stands there, in words that do not repeat the status: `paused by request` is `by request` to what is paused. */
export function reasonText(status: string, reason: string | null | undefined): string | null {
  if (reason === null || reason === undefined || reason === "" || reason === status) return null;
  if (Object.hasOwn(REASONS, reason)) return REASONS[reason]!;
  const words = /^\w+$/.test(reason) ? reason.replaceAll("_", " ") : reason;
  return words.startsWith(`${status} `) ? words.slice(status.length + 1) : words;
}

/** What a badge is told. */
export interface StatusBadgeProps {
  /** Of a cell, run, batch or conversation, or a verdict. */
  readonly status: string;
  /** What follows the word: `62 %`, `4.2 s`, `price 99 → 149`. */
  readonly detail?: string | null;
  /** In place of the status's own word. */
  readonly word?: string;
}

/** A status. */
export function StatusBadge({ status, detail, word }: StatusBadgeProps): VNode {
  const look = lookOf(status);
  return (
    <span class={`badge tone-${look.tone}`} data-status={status}>
      <Icon name={look.icon} />
      <span class="badge-word">{word ?? look.word}</span>
      {detail ? <span class="badge-detail">{detail}</span> : null}
    </span>
  );
}

/** A status in a line of text or a table: its icon and its word, without a ground. */
export function StatusMark({ status }: { readonly status: string }): VNode {
  const look = lookOf(status);
  return (
    <span class={`mark tone-${look.tone}`} data-status={status}>
      <Icon name={look.icon} />
      {look.word}
    </span>
  );
}
