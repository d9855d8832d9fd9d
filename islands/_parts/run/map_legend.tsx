/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What the colours and the forms of a map mean. */

import type { VNode } from "preact";
import { counted, number } from "../number_format.tsx";
import { MOST_WORDS, RANGE_SERIES, type Scale, WORD_SERIES } from "./map_world.ts";

/** Forms of agents' marks in a box of 12 by 12, in the order of the words. */
const FORMS = [
  "M11 6A5 5 0 1 1 1 6a5 5 0 0 1 10 0Z",
  "M1.7 1.7h8.6v8.6H1.7Z",
  "M6 .5 11 10H1Z",
  "M6 .2 11.8 6 6 11.8.2 6Z",
];

/** A legend; none where nothing is coloured. @param hasForms whether words have forms too */
export function MapLegend({ title, scale: { low, high, words }, hasForms }: {
  readonly title: string | null;
  readonly scale: Scale;
  readonly hasForms: boolean;
}): VNode | null {
  if (title === null) return null;
  const isRange = low <= high;
  return (
    <div class="map-legend">
      <span class="map-legend-title">{title}</span>
      {isRange && (
        <span class="map-range">
          <span class="number">{number(low)}</span>
          {low < high && (
            <>
              <span
                class="map-ramp"
                style={`--ramp:var(--series-${RANGE_SERIES[hasForms ? "agents" : "places"]})`}
                role="img"
                aria-label="from light to strong"
              />
              <span class="number">{number(high)}</span>
            </>
          )}
        </span>
      )}
      {words.slice(0, MOST_WORDS).map((word, i) => (
        <span key={word} class="map-word" style={`color:var(--series-${WORD_SERIES[i]})`}>
          <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
            <path d={FORMS[hasForms ? i % FORMS.length : 1]!} fill="currentColor" />
          </svg>
          <span class="map-word-text">{word}</span>
        </span>
      ))}
      {words.length > MOST_WORDS && <span class="muted">and {counted(words.length - MOST_WORDS, "other")}</span>}
      {!isRange && words.length === 0 && <span class="muted">nobody has any at this turn</span>}
    </div>
  );
}
