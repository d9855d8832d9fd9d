/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Prose, as the server has rendered it, or as it is written. */

import { useComputed } from "@preact/signals";
import type { TargetedMouseEvent, VNode } from "preact";
import type { PieceProps } from "./cell.tsx";
import { Editor } from "./editor.tsx";
import { partsOf } from "./fences.ts";
import { Frame } from "./frame.tsx";
import { Code } from "./source.tsx";
import { Toolbar } from "./toolbar.tsx";

/** Prose. A double-click or Enter edits it. */
export function Prose({ store, session, pieceKey: key }: PieceProps): VNode {
  const piece = store.piece(key);
  const view = piece.view.value;
  const isEdited = useComputed(() => store.editing.value?.key === key);
  const heading = view?.kind === "prose" ? view.headings[0]?.text : undefined;
  const onDblClick = (event: TargetedMouseEvent<HTMLDivElement>) => {
    if ((event.target as Element).closest("a, button, input") === null) store.edit(key);
  };
  return (
    <Frame
      store={store}
      session={session}
      pieceKey={key}
      kind="prose"
      tone="none"
      anchor={null}
      label={heading === undefined ? "text" : `text, ${heading}`}
    >
      {session === null ? null : <Toolbar session={session} pieceKey={key} cell={null} name="text" />}
      {isEdited.value && session !== null
        ? (
          <>
            <Editor
              session={session}
              piece={piece}
              language="markdown"
              label="Text in Markdown"
              hint="Markdown. ```yaml run #id begins a cell."
            />
            {store.hasOpenFence.value && (
              <p class="issue tone-stale" role="status">A fence is not closed yet: everything below belongs to it.</p>
            )}
          </>
        )
        : view?.kind === "prose"
        // The server has sanitised it.
        ? <div class="prose" onDblClick={onDblClick} dangerouslySetInnerHTML={{ __html: view.html }} />
        : (
          <div class="prose" onDblClick={onDblClick}>
            <Code source={partsOf(piece.source.value).body} language="markdown" />
          </div>
        )}
    </Frame>
  );
}

/** What stands before everything: the file's own settings. */
export function Front({ store, session, pieceKey: key }: PieceProps): VNode {
  const piece = store.piece(key);
  const isEdited = useComputed(() => store.editing.value?.key === key);
  return (
    <Frame store={store} session={session} pieceKey={key} kind="front" tone="none" anchor={null} label="front matter">
      <details class="cell-source" open={isEdited.value}>
        <summary tabindex={-1}>Front matter</summary>
        {isEdited.value && session !== null
          ? <Editor session={session} piece={piece} language="yaml" label="Front matter" hint="title: …" />
          : (
            <div
              class="plain-source"
              onClick={() => session !== null && store.edit(key)}
            >
              <Code source={partsOf(piece.source.value).body} language="yaml" />
            </div>
          )}
      </details>
    </Frame>
  );
}
