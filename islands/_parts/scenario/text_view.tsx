/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The text of a scenario in its editor; until that is loaded, and where nothing may be edited, as it is. */

import { effect } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { EditorIssue, EditorOptions, MountedEditor } from "../../_impl/editor.ts";
import { mountField } from "../notebook/plain_field.ts";
import { tabIndents } from "../notebook/settings.ts";
import { Code, offsetAt } from "../notebook/source.tsx";
import { pageNonce } from "../nonce.ts";
import { tree } from "../shell/tree_store.ts";
import type { ScenarioSession } from "./session.ts";
import type { Path, ScenarioLook } from "./types.ts";
import { effective, scalarsOf, valueAt } from "./values.ts";

/**
 * The text, and its editor as soon as somebody comes near it: it is larger than all else on the page. Where lines are to be
 * marked it is there from the start.
 */
export function TextView({ session }: { readonly session: ScenarioSession }): VNode {
  const host = useRef<HTMLDivElement>(null);
  const [isWanted, setWanted] = useState(session.left !== null);
  /** Where the text was clicked while there was no editor; null: nowhere. */
  const clicked = useRef<number | null>(null);
  const want = () => setWanted(true);
  // It is drawn once: what is typed goes on in the editor.
  const shown = useMemo(() => session.text.peek(), []);
  const plain = useMemo(() => <PlainText text={shown} />, []);
  useEffect(() => {
    if (isWanted) return;
    return effect(() => {
      const isOther = session.text.value !== shown;
      if (isOther || session.line.value !== null || marksOf(session.look.value).length > 0) want();
    });
  }, [isWanted]);
  useEffect(() => {
    if (!isWanted) return;
    let isGone = false;
    const stops: (() => void)[] = [];
    const mount = async () => {
      const editor = await mounted(host.current!, session);
      if (editor === null) return;
      if (isGone) return void editor.close();
      host.current!.querySelector(":scope > pre")?.remove();
      host.current!.dataset.live = "true";
      const hasFocus = document.activeElement === host.current;
      host.current!.removeAttribute("tabindex");
      session.take(editor);
      if (clicked.current !== null) editor.focus(clicked.current);
      else if (hasFocus) editor.focus(null);
      stops.push(effect(() => editor.mark(marksOf(session.look.value))));
    };
    void mount();
    return () => {
      isGone = true;
      stops.forEach((stop) => stop());
      session.leave();
    };
  }, [isWanted]);
  return (
    <div
      class="editor scenario-editor"
      role="group"
      aria-label="Text"
      tabIndex={0}
      ref={host}
      onPointerEnter={want}
      onFocus={want}
      onPointerDown={({ clientX, clientY }) => {
        const pre = host.current!.querySelector<HTMLElement>(":scope > pre");
        if (pre !== null) clicked.current = offsetAt(pre, clientX, clientY) ?? 0;
        want();
      }}
    >
      {plain}
    </div>
  );
}

/** Characters from which on a text has no colours before there is an editor, which draws what is in sight alone. */
const LONG = 50_000;

/** The text without an editor. */
export function PlainText({ text }: { readonly text: string }): VNode {
  return text.length > LONG ? <pre class="code">{text}</pre> : <Code source={text} language="yaml" />;
}

/** The editor; a plain field where it cannot be loaded; null: the page went meanwhile. */
async function mounted(parent: HTMLElement, session: ScenarioSession): Promise<MountedEditor | null> {
  const { mayEdit, start } = session;
  const text = session.text.peek();
  const options: EditorOptions = {
    body: text,
    language: "yaml",
    label: `${start.repo}/${start.config}`,
    hint: "domain: …",
    newline: text.includes("\r\n") ? "\r\n" : "\n",
    at: session.left === null ? 0 : null,
    tabIndents: () => tabIndents.peek(),
    nonce: pageNonce(),
    words: () => ({ ids: [], keys: [], tables: () => Promise.resolve({}) }),
    onType: (body) => session.type(body),
    earlier: session.left,
    numbered: true,
  };
  try {
    const [{ mountEditor }, { completeScenario, scenarioExtensions }] = await Promise.all([
      import("../../_impl/editor.ts"),
      import("../../_impl/scenario_editor.ts"),
    ]);
    const knowledge = {
      schema: () => session.schema.peek(),
      inherited: (path: Path) => scalarsOf(valueAt(effective(session.look.peek().draft), path)),
      names: (path: Path) => namesAt(session, path),
      onPlace: (path: Path) => {
        if (path.join("\n") !== session.at.peek().join("\n")) session.at.value = path;
      },
    };
    return await mountEditor(parent, {
      ...options,
      complete: completeScenario(knowledge),
      extensions: scenarioExtensions(knowledge, !mayEdit),
    });
  } catch {
    if (!parent.isConnected) return null;
    const field = mountField(parent, options);
    if (!mayEdit) parent.querySelector("textarea")!.readOnly = true;
    return field;
  }
}

/** Names of what there is: scenario files beside this one, domains. */
function namesAt({ start: { repo, config } }: ScenarioSession, path: Path): string[] {
  const known = tree.peek();
  if (known === null || path.length !== 1) return [];
  if (path[0] === "domain") return known.domains.map(({ name }) => name);
  if (path[0] !== "extends") return [];
  return known.scenarios.filter((each) => each.repo === repo && each.config !== config).map((each) => each.config);
}

/** What is marked in the text: errors and warnings of its own lines. */
function marksOf({ draft }: ScenarioLook): EditorIssue[] {
  return (draft?.issues ?? []).flatMap(({ severity, message, hint, line, column, file }) =>
    line === undefined || file !== undefined || severity === "note" ? [] : [{
      line,
      severity,
      message: hint === undefined ? message : `${message}. ${hint}`,
      ...(column !== undefined && { column }),
    }]
  );
}
