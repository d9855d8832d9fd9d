/** Colours of series: a name keeps its colour on the whole page. */

/** Custom properties `--series-1` to this one. */
export const SERIES_COLORS = 8;

const places = new Map<string, number>();

/** Colour of the series of that name, the next free one if it has none yet. To be asked for in the browser only. */
export function colorOf(name: string): string {
  let place = places.get(name);
  if (place === undefined) places.set(name, place = places.size);
  const color = `var(--series-${place % SERIES_COLORS + 1})`;
  // The second time round they are nearer to the text's.
  return Math.floor(place / SERIES_COLORS) % 2 === 0 ? color : `color-mix(in oklab, ${color} 55%, var(--text))`;
}
