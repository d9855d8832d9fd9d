/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Buttons that steer, what is said when that goes wrong, and whether the page hears the server. */

import { signal } from "@preact/signals";
import type { ComponentChildren, RefObject, VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "./announce.ts";
import { Icon, type IconName } from "./icons.tsx";
import { live } from "./live.ts";

/** Whether the page is live: on the server, and until a script has come, nothing can be pressed. */
export function useMounted(): boolean {
  const [isMounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  return isMounted;
}

/** Something that went wrong, for people. */
export interface Trouble {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What steers, one thing at a time. */
export interface Actions {
  /** Name of what is under way. */
  readonly busy: string | null;
  readonly trouble: Trouble | null;
  /** Does it, unless something is under way; what goes wrong is shown. Resolves to whether it worked. */
  act(name: string, work: () => Promise<unknown>): Promise<boolean>;
  dismiss(): void;
}

/** State of a part's buttons. @param onTrouble told of what goes wrong, beside its being shown */
export function useActions(onTrouble?: (error: unknown) => void): Actions {
  const [busy, setBusy] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const isBusy = useRef(false);
  return {
    busy,
    trouble,
    dismiss: () => setTrouble(null),
    async act(name, work) {
      if (isBusy.current) return false;
      isBusy.current = true;
      setBusy(name);
      setTrouble(null);
      try {
        await work();
        announce(`${name}: done`);
        return true;
      } catch (error) {
        const { message, hint } = error as Trouble;
        setTrouble({ message: message || String(error), hint });
        onTrouble?.(error);
        announce(`${name} did not work: ${message}`);
        return false;
      } finally {
        isBusy.current = false;
        setBusy(null);
      }
    },
  };
}

/** Buttons that come and go. */
export function ButtonGroup({ label, children }: {
  readonly label: string;
  readonly children: ComponentChildren;
}): VNode {
  return <div class="buttons" role="group" aria-label={label} ref={useKeptFocus()}>{children}</div>;
}

/**
 * Keeps the focus among buttons: where the one that had it is gone, the one that was used last gets it, or the first; where
 * all are gone, the cell around them.
 * @returns for the element around the buttons
 */
function useKeptFocus(): RefObject<HTMLDivElement | null> {
  const group = useRef<HTMLDivElement>(null);
  const had = useRef<HTMLElement | null>(null);
  /** Words of the button that a person went to. */
  const used = useRef<string | null>(null);
  const isPlaced = useRef(false);
  const isLost = () => had.current !== null && (document.activeElement ?? document.body) === document.body;
  useEffect(() => {
    const box = group.current!;
    const cell = box.closest<HTMLElement>("article[tabindex]");
    const onFocusIn = ({ target }: FocusEvent) => {
      had.current = target as HTMLElement;
      if (!isPlaced.current) used.current = had.current.textContent;
    };
    const onFocusOut = ({ target, relatedTarget }: FocusEvent) => {
      const left = target as HTMLButtonElement;
      if (relatedTarget !== null) had.current = null;
      // One that is taken away has the focus taken first.
      else queueMicrotask(() => left.isConnected && !left.disabled && had.current === left && (had.current = null));
    };
    box.addEventListener("focusin", onFocusIn);
    box.addEventListener("focusout", onFocusOut);
    return () => {
      box.removeEventListener("focusin", onFocusIn);
      box.removeEventListener("focusout", onFocusOut);
      // When what takes its place is there.
      if (had.current !== null) setTimeout(() => isLost() && cell?.focus({ preventScroll: true }));
    };
  }, []);
  useEffect(() => {
    if (!isLost()) return;
    // New ones cannot be pressed before they have come to life, which is when all have been drawn.
    const timer = setTimeout(() => {
      if (!isLost()) return;
      const buttons = [...group.current!.querySelectorAll<HTMLElement>("button:enabled")];
      isPlaced.current = true;
      (buttons.find(({ textContent }) => textContent === used.current) ?? buttons[0])?.focus({ preventScroll: true });
      isPlaced.current = false;
    });
    return () => clearTimeout(timer);
  });
  return group;
}

/** What a button is told. */
export interface ActionButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
  readonly actions: Actions;
  readonly disabled?: boolean;
  /** The one that most people want. */
  readonly primary?: boolean;
  readonly title?: string;
}

/** A button that steers. */
export function ActionButton(
  { icon, label, onClick, actions, disabled = false, primary, title }: ActionButtonProps,
): VNode {
  const isMounted = useMounted();
  const isBusy = actions.busy === label;
  return (
    <button
      type="button"
      class={primary ? "button first" : "button"}
      disabled={!isMounted || disabled || actions.busy !== null}
      aria-busy={isBusy}
      title={title}
      onClick={onClick}
    >
      <Icon name={isBusy ? "spin" : icon} />
      {label}
    </button>
  );
}

/** What went wrong, and what to try. */
export function TroubleBox(
  { title, trouble, onDismiss }: {
    readonly title?: string;
    readonly trouble: Trouble;
    readonly onDismiss?: () => void;
  },
): VNode {
  return (
    <div class="trouble tone-error" role={onDismiss ? "alert" : undefined}>
      <Icon name="alert" />
      <div class="trouble-words">
        {title === undefined ? null : <strong>{title}</strong>}
        <p>{trouble.message}</p>
        {trouble.hint ? <p class="trouble-hint">What to try: {trouble.hint}</p> : null}
      </div>
      {onDismiss
        ? (
          <button type="button" class="quiet" aria-label="Dismiss" onClick={onDismiss}>
            <Icon name="x" />
          </button>
        )
        : null}
    </div>
  );
}

/** A remark that must not be overlooked. */
export function Notice(
  { tone, icon = "alert", children }: {
    readonly tone: string;
    readonly icon?: IconName;
    readonly children: ComponentChildren;
  },
): VNode {
  return (
    <div class={`notice tone-${tone}`}>
      <Icon name={icon} />
      <div>{children}</div>
    </div>
  );
}

/** Those that a page has, the first of which speaks. */
const notes = signal<readonly symbol[]>([]);

/** Says so when the page has lost the server, once for a page. */
export function ConnectionNote(): VNode | null {
  const id = useRef(Symbol());
  useEffect(() => {
    notes.value = [...notes.peek(), id.current];
    return () => {
      notes.value = notes.peek().filter((each) => each !== id.current);
    };
  }, []);
  return notes.value[0] === id.current ? <Connection /> : null;
}

function Connection(): VNode | null {
  const stream = live();
  const state = stream.state.value;
  if (state === "refused") {
    return (
      <Notice tone="error">
        <span role="status">The server shows this page nothing any more.</span>{" "}
        <a href={`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`}>Sign in again</a>
      </Notice>
    );
  }
  if (state !== "lost") return null;
  return (
    <div class="notice tone-stale connection-lost">
      <Icon name="alert" />
      <span role="status">Connection lost, retrying.</span>
      <button type="button" class="quiet" onClick={() => stream.retry()}>Try now</button>
    </div>
  );
}
