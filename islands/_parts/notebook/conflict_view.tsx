/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { spliceOf } from "../splice.ts";
import { answered, carriedOver, type Pick, regionsOf } from "./conflict.ts";
import type { Conflict, Region } from "./sync.ts";

const PICKS: readonly (readonly [pick: Pick, name: string])[] = [["mine", "Mine"], ["disk", "Disk"], ["both", "Both"]];

/** What the view is told. */
export interface ConflictViewProps {
  readonly conflict: Conflict;
  /** What waits for an answer. */
  readonly note: string;
  /** In what a region lies; null: in nothing that has a name. */
  where(region: Region): string | null;
  onResolve(text: string): void;
}

/** Where the page and the disk differ, side by side, and what is to be taken. */
export function ConflictView({ conflict, note, where: whereIs, onResolve }: ConflictViewProps): VNode {
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
    if (text !== null) onResolve(text);
  };
  const left = regions.filter((_, i) => picks.value[i] === undefined).length;
  return (
    <section class="conflict" role="region" aria-label="Conflict with the file on disk">
      <h2>
        <Icon name="alert" /> This page and the file on disk differ in {left === 1 ? "one place" : `${left} places`}
      </h2>
      <p class="muted">{note}</p>
      {regions.map((region, i) => {
        const where = whereIs(region);
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
