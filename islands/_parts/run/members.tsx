/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Members of an object, one below the other; and texts of any length. */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { counted, json, number, words } from "../number_format.tsx";

/** Members that are shown before they are asked for. */
const MOST_MEMBERS = 100;

/** The members of an object: short ones as words, others as JSON. */
export function Members({ of }: { readonly of: unknown }): VNode {
  const all = typeof of === "object" && of !== null ? Object.entries(of) : [["value", of] as const];
  return (
    <dl class="facts members">
      {all.slice(0, MOST_MEMBERS).map(([name, value]) => (
        <div key={name} class="member">
          <dt>{words(name)}</dt>
          <dd>
            <Member value={value} />
          </dd>
        </div>
      ))}
      {all.length > MOST_MEMBERS && (
        <div class="member">
          <dt />
          <dd class="muted">and {counted(all.length - MOST_MEMBERS, "member")} more</dd>
        </div>
      )}
    </dl>
  );
}

function Member({ value }: { readonly value: unknown }): VNode {
  if (typeof value === "number") return <span class="number">{number(value)}</span>;
  if (typeof value === "string") return <LongText text={value} />;
  if (typeof value === "boolean") return <>{value ? "yes" : "no"}</>;
  return <LongText text={json(value, 2)} isCode />;
}

/** Characters that are shown before more are asked for. */
const SHOWN = 4000;

/** A text as it is: all of it when that is asked for. */
export function LongText({ text, isCode = false }: { readonly text: string; readonly isCode?: boolean }): VNode {
  const [isWhole, setWhole] = useState(false);
  const isCut = text.length > SHOWN && !isWhole;
  return (
    <>
      <span class={isCode ? "long-text code" : "long-text"}>{isCut ? text.slice(0, SHOWN).toWellFormed() : text}</span>
      {isCut && (
        <button type="button" class="quiet" onClick={() => setWhole(true)}>
          Show all of it ({counted(text.length, "character")})
        </button>
      )}
    </>
  );
}
