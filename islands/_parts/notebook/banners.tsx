/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What has to be answered: a draft that was found, a file that is gone, two texts that differ, a price. */

import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { moment } from "../number_format.tsx";
import { answered, carriedOver, type Pick, regionsOf, whereIs } from "./conflict.ts";
import type { Session } from "./session.ts";
import { spliceOf } from "../splice.ts";
import type { Conflict } from "./sync.ts";

/** All that the page asks. */
export function Banners({ session }: { readonly session: Session }): VNode {
  const state = session.store.save.value;
  const found = session.found.value;
  const question = session.question.value;
  return (
    <div class="banners">
      {found !== null && (
        <section class="banner" role="alert" aria-label="Unsaved changes">
          <Icon name="info" />
          <p>This page was closed with changes that are not on disk, from {moment(found.draft.at)}.</p>
          <div class="banner-actions">
            <button type="button" class="first" onClick={() => session.answerDraft(true)}>Take them up</button>
            <button type="button" onClick={() => session.answerDraft(false)}>Drop them</button>
          </div>
        </section>
      )}
      {state.type === "gone" && (
        <section class="banner" role="alert" aria-label="The file is gone">
          <Icon name="alert" />
          <p>The file was deleted or renamed. What is shown here is kept in this browser.</p>
          <div class="banner-actions">
            <button type="button" class="first" onClick={() => void session.sync.writeAnew()}>Save it again</button>
          </div>
        </section>
      )}
      {state.type === "refused" && (
        <section class="banner banner-error" role="alert" aria-label="Not saved">
          <Icon name="alert" />
          <p>It could not be saved: {state.message}. What is shown here is kept in this browser.</p>
          <div class="banner-actions">
            <button type="button" onClick={() => session.save()}>Try again</button>
          </div>
        </section>
      )}
      {state.type === "conflict" && <ConflictView session={session} conflict={state.conflict} />}
      {question !== null && <QuestionDialog session={session} />}
    </div>
  );
}

const PICKS: readonly (readonly [pick: Pick, name: string])[] = [["mine", "Mine"], ["disk", "Disk"], ["both", "Both"]];

/** Where the page and the disk differ, side by side, and what is to be taken. */
function ConflictView({ session, conflict }: { readonly session: Session; readonly conflict: Conflict }): VNode {
  const regions = regionsOf(conflict.mixed);
  const asked = useRef(regions);
  const picks = useSignal<readonly (Pick | undefined)[]>([]);
  useEffect(() => {
    picks.value = carriedOver(asked.current, picks.peek(), regions);
    asked.current = regions;
  }, [conflict]);
  const choose = (i: number, pick: Pick) => {
    picks.value = regions.map((_, at) => at === i ? pick : picks.peek()[at]);
    const text = answered(conflict.mixed, picks.peek());
    if (text !== null) session.resolve(text, conflict);
  };
  const left = regions.filter((_, i) => picks.value[i] === undefined).length;
  return (
    <section class="conflict" role="region" aria-label="Conflict with the file on disk">
      <h2>
        <Icon name="alert" /> This page and the file on disk differ in {left === 1 ? "one place" : `${left} places`}
      </h2>
      <p class="muted">Saving waits for your answer. All cells can be edited meanwhile.</p>
      {regions.map((region, i) => {
        const where = whereIs(conflict.mixed, region);
        const splice = spliceOf(region.mine, region.disk);
        return (
          <div key={i} class="conflict-region">
            <h3>{where ?? "text"}</h3>
            <div class="conflict-sides">
              <figure>
                <figcaption>Mine</figcaption>
                <Side text={region.mine} other={splice === null ? null : [splice.from, splice.to]} />
              </figure>
              <figure>
                <figcaption>Disk</figcaption>
                <Side
                  text={region.disk}
                  other={splice === null ? null : [splice.from, splice.from + splice.insert.length]}
                />
              </figure>
            </div>
            <div class="banner-actions" role="group" aria-label={`Take for ${where ?? "text"}`}>
              {PICKS.map(([pick, name]) => (
                <button
                  key={pick}
                  type="button"
                  aria-pressed={picks.value[i] === pick}
                  onClick={() => choose(i, pick)}
                >
                  {name}
                </button>
              ))}
            </div>
          </div>
        );
      })}
    </section>
  );
}

/** One side, with what differs marked. */
function Side({ text, other }: { readonly text: string; readonly other: readonly [number, number] | null }): VNode {
  if (text === "") return <pre class="code muted">nothing</pre>;
  if (other === null) return <pre class="code">{text}</pre>;
  const [from, to] = other;
  return <pre class="code">{text.slice(0, from)}<mark>{text.slice(from, to)}</mark>{text.slice(to)}</pre>;
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
