/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Populations at the turn that is looked at: so many members, of which no row each is kept. */

import type { VNode } from "preact";
import "@preact/signals";
import { TroubleBox } from "../actions.tsx";
import { counted } from "../number_format.tsx";
import type { RunPageState } from "./page_state.ts";

/** What a checkpoint tells of a population. */
interface Population {
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** A population in words. */
export function populationText(told: unknown): string {
  const { rows, columns } = told as Partial<Population>;
  const variables = (columns ?? []).map(({ name }) => name).join(", ");
  return `${counted(rows ?? 0, "member")}${variables === "" ? "" : `, each with ${variables}`}`;
}

/** All of them. @param none what is said where there are none */
export function Populations({ state, none }: { readonly state: RunPageState; readonly none: string }): VNode {
  const world = state.world.value;
  if (world === "loading") return <p class="muted">Reading populations…</p>;
  if ("message" in world) return <TroubleBox trouble={world} />;
  if (Object.keys(world.populations).length === 0) return <p class="empty">{none}</p>;
  return (
    <section class="run-populations" aria-label="Populations">
      <dl class="run-origin">
        {Object.entries(world.populations).map(([name, told]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{populationText(told)}</dd>
          </div>
        ))}
      </dl>
      <p class="muted">Members of populations are not listed one by one: metrics tell of them, under Charts.</p>
    </section>
  );
}
