/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What has to be answered: a draft that was found, a file that is gone, two texts that differ, a price. */

import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { DraftBanner, RefusedBanner } from "../file_banners.tsx";
import { Icon } from "../icons.tsx";
import { whereIs } from "./conflict.ts";
import { ConflictView } from "./conflict_view.tsx";
import type { Session } from "./session.ts";

/** All that the page asks. */
export function Banners({ session }: { readonly session: Session }): VNode {
  const state = session.store.save.value;
  const found = session.found.value;
  const question = session.question.value;
  return (
    <div class="banners">
      {found !== null && <DraftBanner at={found.draft.at} onAnswer={(take) => session.answerDraft(take)} />}
      {state.type === "gone" && (
        <section class="banner" role="alert" aria-label="The file is gone">
          <Icon name="alert" />
          <p>The file was deleted or renamed. What is shown here is kept in this browser.</p>
          <div class="banner-actions">
            <button type="button" class="first" onClick={() => void session.sync.writeAnew()}>Save it again</button>
          </div>
        </section>
      )}
      {state.type === "refused" && <RefusedBanner message={state.message} onRetry={() => session.save()} />}
      {state.type === "conflict" && (
        <ConflictView
          conflict={state.conflict}
          note="Saving waits for your answer. All cells can be edited meanwhile."
          where={(region) => whereIs(state.conflict.mixed, region)}
          onResolve={(text) => session.resolve(text, state.conflict)}
        />
      )}
      {question !== null && <QuestionDialog session={session} />}
    </div>
  );
}

/** Asks before what costs money is started. */
function QuestionDialog({ session }: { readonly session: Session }): VNode {
  const box = useRef<HTMLDialogElement>(null);
  const question = session.question.value!;
  useEffect(() => box.current!.showModal(), []);
  const close = (yes: boolean) => {
    session.question.value = null;
    if (yes) question.yes();
  };
  return (
    <dialog ref={box} class="question" aria-labelledby="question-text" onClose={() => close(false)}>
      <h2 id="question-text">{question.text}</h2>
      <p>{question.price}</p>
      <div class="banner-actions">
        <button type="button" class="first" onClick={() => close(true)}>Run</button>
        <button type="button" onClick={() => close(false)}>Do not run</button>
      </div>
    </dialog>
  );
}

/** Cells that were deleted, to be put back. */
export function BinDialog({ session, onClose }: { readonly session: Session; onClose(): void }): VNode {
  const box = useRef<HTMLDialogElement>(null);
  const { bin, changes } = session.store;
  useEffect(() => box.current!.showModal(), []);
  const count = changes.value;
  return (
    <dialog ref={box} class="bin" aria-label="Deleted cells" onClose={onClose} data-changes={count}>
      <h2>Deleted cells</h2>
      {bin.contents.length === 0 && <p class="muted">No cell was deleted on this page since it was opened.</p>}
      <ul>
        {bin.contents.map(({ source, at }, i) => (
          <li key={`${at.getTime()} ${i}`}>
            <pre class="code">{source.trim().split("\n").slice(0, 6).join("\n")}</pre>
            <button
              type="button"
              onClick={() => {
                const taken = bin.take(i);
                box.current!.close();
                if (taken !== null) session.paste(session.store.active.peek(), taken);
              }}
            >
              Put back
            </button>
          </li>
        ))}
      </ul>
      <div class="banner-actions">
        <button type="button" onClick={() => box.current!.close()}>Close</button>
      </div>
    </dialog>
  );
}
