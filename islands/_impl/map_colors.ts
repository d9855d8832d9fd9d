/** Colours of shades on a canvas, as the page's theme has them now. */

import { RANGE_SERIES, type Scale, type Shade, WORD_SERIES } from "../_parts/run/map_world.ts";

/** Steps of a range. */
const STEPS = 32;

/** The page's colours, read once for a theme. */
export interface MapColors {
  /** A range of places, and one of agents, who stand on them. */
  readonly placeRamp: readonly string[];
  readonly agentRamp: readonly string[];
  readonly words: readonly string[];
  readonly other: string;
  readonly background: string;
  readonly empty: string;
  readonly border: string;
  readonly edge: string;
  readonly text: string;
  readonly muted: string;
  readonly accent: string;
}

/** Reads them where `host` is. */
export function readColors(host: HTMLElement): MapColors {
  const probe = document.createElement("span");
  probe.hidden = true;
  host.append(probe);
  const read = (color: string) => {
    probe.style.color = color;
    return getComputedStyle(probe).color;
  };
  const ramp = (of: string) => Array.from({ length: STEPS }, (_, i) => read(rampColor(of, i / (STEPS - 1))));
  const colors = {
    placeRamp: ramp(`var(--series-${RANGE_SERIES.places})`),
    agentRamp: ramp(`var(--series-${RANGE_SERIES.agents})`),
    words: WORD_SERIES.map((series) => read(`var(--series-${series})`)),
    other: read("var(--muted)"),
    background: read("var(--bg)"),
    empty: read("var(--sunken)"),
    border: read("var(--border)"),
    edge: read("color-mix(in oklab, var(--muted) 45%, var(--bg))"),
    text: read("var(--text)"),
    muted: read("var(--muted)"),
    accent: read("var(--accent)"),
  };
  probe.remove();
  return colors;
}

/** A colour of a range. @param share from 0 to 1 */
function rampColor(of: string, share: number): string {
  return `color-mix(in oklab, ${of} ${Math.round(6 + share * 94)}%, var(--bg))`;
}

/** The colour of a shade; null: it has none. @param ramp of the range that it is in */
export function colorOf(
  shade: Shade,
  { low, high, words }: Scale,
  colors: MapColors,
  ramp: readonly string[],
): string | null {
  if (shade === null) return null;
  if (typeof shade === "number") {
    // Where all have the same, nothing stands out.
    const share = high > low ? (shade - low) / (high - low) : 0.2;
    return ramp[Math.round(Math.max(0, Math.min(1, share)) * (STEPS - 1))]!;
  }
  return colors.words[words.indexOf(shade)] ?? colors.other;
}

/** The form of an agent's mark: words are told apart without their colours too. */
export function formOf(shade: Shade, { words }: Scale): number {
  return typeof shade === "string" ? Math.max(0, words.indexOf(shade)) % FORMS : 0;
}

/** Forms of marks: circle, square, triangle, diamond. */
export const FORMS = 4;

/** Adds a mark to a path. */
export function addMark(path: Path2D, form: number, x: number, y: number, radius: number): void {
  switch (form) {
    case 1: {
      const half = radius * 0.86;
      path.rect(x - half, y - half, 2 * half, 2 * half);
      return;
    }
    case 2:
      path.moveTo(x, y - radius * 1.1);
      path.lineTo(x + radius, y + radius * 0.8);
      path.lineTo(x - radius, y + radius * 0.8);
      path.closePath();
      return;
    case 3:
      path.moveTo(x, y - radius * 1.15);
      path.lineTo(x + radius * 1.15, y);
      path.lineTo(x, y + radius * 1.15);
      path.lineTo(x - radius * 1.15, y);
      path.closePath();
      return;
    default:
      path.moveTo(x + radius, y);
      path.arc(x, y, radius, 0, 2 * Math.PI);
  }
}
