/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import { Icon } from "./icons.tsx";
import type { ExpectView } from "./types.ts";

/** What a cell was expected to come to, and whether it did. */
export function Expectations({ expect }: { readonly expect: readonly ExpectView[] }): VNode | null {
  if (expect.length === 0) return null;
  return (
    <ul class="expectations" aria-label="Expectations">
      {expect.map(({ condition, holds, found }) => (
        <li key={condition} class={holds === null ? "tone-queued" : holds ? "tone-done" : "tone-error"}>
          <Icon name={holds === null ? "circle" : holds ? "check" : "x"} />
          <span class="expectation-word">{holds === null ? "not known yet" : holds ? "holds" : "does not hold"}</span>
          <code>{condition}</code>
          {found === undefined ? null : <span class="muted">{found}</span>}
        </li>
      ))}
    </ul>
  );
}
